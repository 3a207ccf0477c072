using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>Writes an output over plain HTTP: the log unchanged, metrics in FfDL's form, one per line.</summary>
internal sealed class FfdlBytes(Stream body, OutputKind kind) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        if (kind is OutputKind.Log)
        {
            await body.WriteAsync(lines, cancellationToken);
        }
        foreach (var metric in kind is OutputKind.Metrics ? MetricRecord.ReadLines(lines) : [])
        {
            await WriteLineAsync(metric.ToMetric(), cancellationToken);
        }
        await body.FlushAsync(cancellationToken);
    }

    /// <summary>Writes the records of a range that are there now.</summary>
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

/// <summary>
/// Writes an output as websocket frames: the log in pieces, or one metric per frame with the phases in between.
/// </summary>
internal sealed class FfdlFrames(WebSocketSender socket, OutputKind kind) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        if (kind is OutputKind.Log)
        {
            await socket.SendTextAsync(lines, cancellationToken);
        }
        foreach (var metric in kind is OutputKind.Metrics ? MetricRecord.ReadLines(lines) : [])
        {
            await socket.SendJsonAsync(metric.ToMetric(), cancellationToken);
        }
    }

    // Phases go with the metrics only: clients print log frames unchanged.
    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        kind is OutputKind.Metrics
            ? socket.SendJsonAsync(FfdlMapper.StatusMetric(status.Phase, status.At), cancellationToken)
            : Task.CompletedTask;

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;
}
