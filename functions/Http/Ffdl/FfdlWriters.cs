using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>An output over plain HTTP: the log as it is, metrics as FfDL has them, one a line.</summary>
internal sealed class FfdlBytes(Stream body, OutputKind kind) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        if (kind is OutputKind.Log)
        {
            await body.WriteAsync(lines, cancellationToken);
        }
        foreach (var metric in kind is OutputKind.Metrics ? FfdlMetricLines.Read(lines) : [])
        {
            await WriteLineAsync(metric, cancellationToken);
        }
        await body.FlushAsync(cancellationToken);
    }

    /// <summary>What is there now of a range.</summary>
    public async Task WriteAsync(
        TrainingRun run,
        RunRecords records,
        RecordRange range,
        CancellationToken cancellationToken
    )
    {
        if (kind is OutputKind.Metrics)
        {
            await foreach (var record in records.MetricsAsync(run, range, cancellationToken))
            {
                await WriteLineAsync(record.Value.ToMetric(), cancellationToken);
            }
            return;
        }
        await foreach (var line in records.LogAsync(run, range, cancellationToken))
        {
            await body.WriteAsync(Encoding.UTF8.GetBytes(line.Value + "\n"), cancellationToken);
        }
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteLineAsync(FfdlMetric metric, CancellationToken cancellationToken)
    {
        await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(metric, WireJson.Options), cancellationToken);
        await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}

/// <summary>The same frame by frame: the log in pieces, one metric a frame, and between them the phases.</summary>
internal sealed class FfdlFrames(WebSocketSender socket, OutputKind kind) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        if (kind is OutputKind.Log)
        {
            await socket.SendTextAsync(lines, cancellationToken);
        }
        foreach (var metric in kind is OutputKind.Metrics ? FfdlMetricLines.Read(lines) : [])
        {
            await socket.SendJsonAsync(metric, cancellationToken);
        }
    }

    // The log has no room for them: it is printed as it comes.
    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        kind is OutputKind.Metrics
            ? socket.SendJsonAsync(FfdlMapper.StatusMetric(status.Phase, status.At), cancellationToken)
            : Task.CompletedTask;

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Whole lines of metrics, those that are records.</summary>
internal static class FfdlMetricLines
{
    public static IEnumerable<FfdlMetric> Read(ReadOnlyMemory<byte> lines)
    {
        var rest = lines;
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = rest[Math.Min(rest.Length, line.Length + 1)..];
            if (MetricRecord.TryParse(line, out var record))
            {
                yield return record.ToMetric();
            }
        }
    }
}
