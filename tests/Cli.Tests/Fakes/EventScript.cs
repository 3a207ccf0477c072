using System.Text;
using Microsoft.AspNetCore.Http;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>What one connection to an event stream is sent, and how it ends.</summary>
internal sealed class EventScript
{
    private readonly StringBuilder text = new();
    private bool breaks;
    private bool staysOpen;
    private int status = StatusCodes.Status200OK;
    private string type = "text/event-stream";
    private long offset;

    /// <summary>A service that is on its way down or up.</summary>
    public static EventScript Unavailable() => new() { status = StatusCodes.Status503ServiceUnavailable };

    public static EventScript NotFound() => new() { status = StatusCodes.Status404NotFound };

    /// <summary>What a proxy shows in the service's place.</summary>
    public static EventScript Page() => new EventScript { type = "text/html" }.Raw("<html>Sign in</html>");

    public static EventScript From(long offset = 0) => new() { offset = offset };

    public EventScript Log(string lines)
    {
        offset += Encoding.UTF8.GetByteCount(lines);
        text.Append($"event: log\nid: {offset}\n");
        foreach (var line in lines[..^1].Split('\n'))
            text.Append($"data: {line}\n");
        text.Append('\n');
        return this;
    }

    /// <summary>A piece of a log, exactly.</summary>
    public EventScript Text(string piece)
    {
        offset += Encoding.UTF8.GetByteCount(piece);
        text.Append($"event: text\nid: {offset}\ndata: {System.Text.Json.JsonSerializer.Serialize(piece)}\n\n");
        return this;
    }

    public EventScript Metric(string json)
    {
        offset += json.Length + 1;
        text.Append($"event: metric\nid: {offset}\ndata: {json}\n\n");
        return this;
    }

    public EventScript Status(string phase, int second, string? reason = null)
    {
        var because = reason is null ? "" : $",\"reason\":\"{reason}\"";
        var at = DocumentedRuns.Submitted.AddSeconds(second).ToString("O");
        text.Append($"event: status\ndata: {{\"phase\":\"{phase}\",\"at\":\"{at}\"{because}}}\n\n");
        return this;
    }

    public EventScript Raw(string stream)
    {
        text.Append(stream);
        return this;
    }

    public EventScript KeepAlive()
    {
        text.Append(": still here\n\n");
        return this;
    }

    public EventScript End(string state, string phase)
    {
        text.Append($"event: end\ndata: {{\"state\":\"{state}\",\"phase\":\"{phase}\"}}\n\n");
        return this;
    }

    /// <summary>The connection is cut after what was sent.</summary>
    public EventScript Break()
    {
        breaks = true;
        return this;
    }

    /// <summary>The connection stays until the client goes.</summary>
    public EventScript StayOpen()
    {
        staysOpen = true;
        return this;
    }

    public async Task SendAsync(HttpContext context)
    {
        context.Response.StatusCode = status;
        if (status != StatusCodes.Status200OK)
            return;
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentType = type;
        // A promised byte that never comes: the client sees all that was sent, and then a broken connection.
        context.Response.ContentLength = breaks ? bytes.Length + 1 : null;
        await context.Response.Body.WriteAsync(bytes);
        await context.Response.Body.FlushAsync();
        if (staysOpen)
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
