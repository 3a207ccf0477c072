using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Writes a run's output in one wire format.</summary>
internal interface IOutputWriter
{
    /// <summary>Writes whole lines; the offset is the one after them.</summary>
    Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken);

    /// <summary>Called when the run changes its phase, or the reason for its phase.</summary>
    Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken);

    /// <summary>Called when the command reports progress. Formats without progress ignore it.</summary>
    Task WriteProgressAsync(ProgressResource progress, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when nothing was sent for a while.</summary>
    Task WriteKeepAliveAsync(CancellationToken cancellationToken);

    /// <summary>Called when the run has ended and all of its output is written.</summary>
    Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken);
}

/// <summary>Writes the bytes unchanged.</summary>
internal sealed class PlainTextWriter(Stream body) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        await body.WriteAsync(lines, cancellationToken);
        await body.FlushAsync(cancellationToken);
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// Server-sent events: <c>log</c> (a chunk of lines) or <c>metric</c> (one line each), with the offset after it as the
/// id; <c>status</c>; <c>end</c>. In this format a carriage return ends a line, so it becomes a line feed.
/// </summary>
internal sealed class EventWriter(Stream body, string outputEvent) : IOutputWriter
{
    /// <summary>
    /// The format with a log's text as a JSON string, which keeps carriage returns and line ends, for clients that ask
    /// for it.
    /// </summary>
    public const string Exact = "text";

    // Whether the last piece had no line end: a line end that comes next belongs to it.
    private bool _isMidLine;

    public Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        if (outputEvent == Exact)
        {
            return WriteExactAsync(lines, offset, cancellationToken);
        }
        var text = Encoding.UTF8.GetString(lines.Span).Replace("\r\n", "\n").Replace('\r', '\n');
        if (_isMidLine && text.StartsWith('\n'))
        {
            text = text[1..];
        }
        _isMidLine = text.Length > 0 && !text.EndsWith('\n');
        if (text.Length == 0)
        {
            return Task.CompletedTask;
        }
        var chunk = text.EndsWith('\n') ? text[..^1] : text;
        var records = outputEvent == "log" ? [chunk] : chunk.Split('\n');
        var events = records.Select(record => new SseItem<string>(record, outputEvent)).ToArray();
        // Only the last event has the id: a client that reconnects in between gets the whole chunk again.
        events[^1] = new(records[^1], outputEvent) { EventId = offset.ToString() };
        return WriteAsync(events, cancellationToken);
    }

    private Task WriteExactAsync(ReadOnlyMemory<byte> text, long offset, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.Serialize(Encoding.UTF8.GetString(text.Span));
        return WriteAsync([new(data, Exact) { EventId = offset.ToString() }], cancellationToken);
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        WriteAsync([new(JsonSerializer.Serialize(status, WireJson.Options), "status")], cancellationToken);

    public Task WriteProgressAsync(ProgressResource progress, CancellationToken cancellationToken) =>
        WriteAsync([new(JsonSerializer.Serialize(progress, WireJson.Options), "progress")], cancellationToken);

    public async Task WriteKeepAliveAsync(CancellationToken cancellationToken)
    {
        await body.WriteAsync(": \n\n"u8.ToArray(), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) =>
        WriteAsync([new(JsonSerializer.Serialize(status, WireJson.Options), "end")], cancellationToken);

    private async Task WriteAsync(SseItem<string>[] events, CancellationToken cancellationToken)
    {
        await SseFormatter.WriteAsync(events.ToAsyncEnumerable(), body, cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}
