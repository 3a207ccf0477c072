using System.Text;
using Microsoft.AspNetCore.Http;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>What one connection to an event stream is sent, and how it ends.</summary>
internal sealed class EventScript
{
    private readonly StringBuilder _text = new();
    private bool _breaks;
    private bool _staysOpen;
    private int _status = StatusCodes.Status200OK;
    private string _type = "text/event-stream";
    private long _offset;

    /// <summary>A service that is on its way down or up.</summary>
    public static EventScript Unavailable() => new() { _status = StatusCodes.Status503ServiceUnavailable };

    public static EventScript NotFound() => new() { _status = StatusCodes.Status404NotFound };

    /// <summary>What a proxy shows in the service's place.</summary>
    public static EventScript Page() => new EventScript { _type = "text/html" }.Raw("<html>Sign in</html>");

    public static EventScript From(long offset = 0) => new() { _offset = offset };

    public EventScript Log(string lines)
    {
        _offset += Encoding.UTF8.GetByteCount(lines);
        _text.Append($"event: log\nid: {_offset}\n");
        foreach (var line in lines[..^1].Split('\n'))
        {
            _text.Append($"data: {line}\n");
        }
        _text.Append('\n');
        return this;
    }

    /// <summary>A piece of a log, exactly.</summary>
    public EventScript Text(string piece)
    {
        _offset += Encoding.UTF8.GetByteCount(piece);
        _text.Append($"event: text\nid: {_offset}\ndata: {System.Text.Json.JsonSerializer.Serialize(piece)}\n\n");
        return this;
    }

    public EventScript Metric(string json)
    {
        _offset += json.Length + 1;
        _text.Append($"event: metric\nid: {_offset}\ndata: {json}\n\n");
        return this;
    }

    public EventScript Status(string phase, int second, string? reason = null)
    {
        var because = reason is null ? "" : $",\"reason\":\"{reason}\"";
        var at = DocumentedRuns.Submitted.AddSeconds(second).ToString("O");
        _text.Append($"event: status\ndata: {{\"phase\":\"{phase}\",\"at\":\"{at}\"{because}}}\n\n");
        return this;
    }

    public EventScript Raw(string stream)
    {
        _text.Append(stream);
        return this;
    }

    public EventScript KeepAlive()
    {
        _text.Append(": still here\n\n");
        return this;
    }

    public EventScript End(string state, string phase)
    {
        _text.Append($"event: end\ndata: {{\"state\":\"{state}\",\"phase\":\"{phase}\"}}\n\n");
        return this;
    }

    /// <summary>The connection is cut after what was sent.</summary>
    public EventScript Break()
    {
        _breaks = true;
        return this;
    }

    /// <summary>The connection stays until the client goes.</summary>
    public EventScript StayOpen()
    {
        _staysOpen = true;
        return this;
    }

    public async Task SendAsync(HttpContext context)
    {
        context.Response.StatusCode = _status;
        if (_status != StatusCodes.Status200OK)
        {
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        context.Response.ContentType = _type;
        // A promised byte that never comes: the client sees all that was sent, and then a broken connection.
        context.Response.ContentLength = _breaks ? bytes.Length + 1 : null;
        await context.Response.Body.WriteAsync(bytes);
        await context.Response.Body.FlushAsync();
        if (_staysOpen)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
