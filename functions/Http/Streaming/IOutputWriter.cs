using System.Text;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>How a run's output goes over the wire.</summary>
internal interface IOutputWriter
{
    /// <summary>Some whole lines; the offset is the one after them.</summary>
    Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken);

    /// <summary>The run changed its phase, or the reason why it is there changed.</summary>
    Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken);

    /// <summary>Nothing happened for a while.</summary>
    Task WriteKeepAliveAsync(CancellationToken cancellationToken);

    /// <summary>The run has ended and all of its output was written.</summary>
    Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken);
}

/// <summary>The bytes as they are.</summary>
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
/// Server-sent events: <c>log</c> (a chunk of lines) or <c>metric</c> (one line each), with the offset after it as id;
/// <c>status</c>; <c>end</c>. A carriage return ends a line there, so it becomes a line feed.
/// </summary>
internal sealed class EventWriter(Stream body, string outputEvent) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(lines.Span).ReplaceLineEndings("\n");
        var chunk = text.EndsWith('\n') ? text[..^1] : text;
        if (outputEvent == "log")
        {
            await WriteAsync(outputEvent, chunk, offset, cancellationToken);
            return;
        }
        // Only the last line carries the id: a client that reconnects in between gets the whole chunk again.
        var records = chunk.Split('\n');
        for (var i = 0; i < records.Length; i++)
            await WriteAsync(outputEvent, records[i], i == records.Length - 1 ? offset : null, cancellationToken);
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        WriteAsync("status", JsonSerializer.Serialize(status, WireJson.Options), id: null, cancellationToken);

    public async Task WriteKeepAliveAsync(CancellationToken cancellationToken)
    {
        await body.WriteAsync(": \n\n"u8.ToArray(), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) =>
        WriteAsync("end", JsonSerializer.Serialize(status, WireJson.Options), id: null, cancellationToken);

    private async Task WriteAsync(string name, string data, long? id, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("event: ").Append(name).Append('\n');
        if (id is not null)
            text.Append("id: ").Append(id).Append('\n');
        foreach (var line in data.Split('\n'))
            text.Append("data: ").Append(line).Append('\n');
        text.Append('\n');
        await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}
