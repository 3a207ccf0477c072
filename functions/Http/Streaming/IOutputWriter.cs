using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Writes a run's output in one wire format.</summary>
internal interface IOutputWriter
{
    /// <summary>Writes some whole lines; the offset is the one after them.</summary>
    Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken);

    /// <summary>Writes a new phase, or a new reason for the current one.</summary>
    Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken);

    /// <summary>Writes the command's progress; formats without progress write nothing.</summary>
    Task WriteProgressAsync(ProgressResource progress, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Keeps the connection open when nothing was written for a while.</summary>
    Task WriteKeepAliveAsync(CancellationToken cancellationToken);

    /// <summary>Writes the end: the run has ended and all of its output was written.</summary>
    Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken);
}

/// <summary>Writes the output's bytes unchanged.</summary>
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
/// Writes server-sent events: <c>log</c> (a chunk of lines) or <c>metric</c> (one line each), with the offset after it
/// as id; <c>status</c>; <c>progress</c>; <c>end</c>. In server-sent events a carriage return ends a line, so it
/// becomes a line feed.
/// </summary>
internal sealed class EventWriter(Stream body, string outputEvent) : IOutputWriter
{
    /// <summary>
    /// The event whose data is the log's text as a JSON string, with its carriage returns and line ends.
    /// </summary>
    public const string Exact = "text";

    // Whether the last piece had no line end: a line end at the start of the next piece then belongs to it.
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
        // Only the last line carries the id: a client that reconnects in between gets the whole chunk again.
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
