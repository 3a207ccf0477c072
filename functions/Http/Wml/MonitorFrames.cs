using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Http.Wml;

/// <summary>A frame of the monitor.</summary>
internal sealed record MonitorFrame(MonitorStatus Status);

/// <summary>A state, a piece of the log with its line ends, or one metric.</summary>
internal sealed record MonitorStatus
{
    public RunState? State { get; init; }

    public string? Message { get; init; }

    public long? CurrentIteration { get; init; }

    public IReadOnlyList<MetricResource>? Metrics { get; init; }
}

/// <summary>Writes the log and the states as frames.</summary>
internal sealed class LogFrames(WebSocketSender socket) : IOutputWriter
{
    private RunState? _told;

    public Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken) =>
        SendAsync(new MonitorStatus { Message = Encoding.UTF8.GetString(lines.Span) }, cancellationToken);

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken)
    {
        var state = Enum.Parse<RunPhase>(status.Phase, ignoreCase: true).ToState();
        if (state == _told)
        {
            return Task.CompletedTask;
        }
        _told = state;
        return SendAsync(new MonitorStatus { State = state }, cancellationToken);
    }

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;

    private Task SendAsync(MonitorStatus status, CancellationToken cancellationToken) =>
        socket.SendJsonAsync(new MonitorFrame(status), cancellationToken);
}

/// <summary>Writes the metrics, one per frame: clients read only the first of a frame.</summary>
internal sealed class MetricFrames(WebSocketSender socket) : IOutputWriter
{
    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        foreach (var metric in MetricRecord.ReadLines(lines).Select(RunForms.Of))
        {
            var status = new MonitorStatus { CurrentIteration = metric.Iteration, Metrics = [metric] };
            await socket.SendJsonAsync(new MonitorFrame(status), cancellationToken);
        }
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;
}
