using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Metrics;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Http.Wml;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>A frame of an experiment's monitor.</summary>
internal sealed record ExperimentFrame(ExperimentFrameEntity Entity);

internal sealed record ExperimentFrameEntity(IReadOnlyList<TrialFrame> TrainingStatuses);

/// <summary>A piece of a training run's log with its line ends, or one metric.</summary>
internal sealed record TrialFrame(string TrainingGuid, string TrainingReferenceName)
{
    public string? Message { get; init; }

    public IReadOnlyList<MetricResource>? Metrics { get; init; }
}

/// <summary>Writes the output of one training run as frames.</summary>
internal sealed class TrialFrames(WebSocketSender socket, string guid, string reference)
{
    public IOutputWriter Logs { get; } =
        new Writer(
            (lines, token) =>
                SendAsync(
                    socket,
                    new TrialFrame(guid, reference) { Message = Encoding.UTF8.GetString(lines.Span) },
                    token
                )
        );

    public IOutputWriter Metrics { get; } =
        new Writer(
            async (lines, token) =>
            {
                foreach (var metric in MetricRecord.ReadLines(lines).Select(RunForms.Of))
                {
                    await SendAsync(socket, new TrialFrame(guid, reference) { Metrics = [metric] }, token);
                }
            }
        );

    private static Task SendAsync(WebSocketSender socket, TrialFrame frame, CancellationToken cancellationToken) =>
        socket.SendJsonAsync(new ExperimentFrame(new ExperimentFrameEntity([frame])), cancellationToken);

    private sealed class Writer(Func<ReadOnlyMemory<byte>, CancellationToken, Task> send) : IOutputWriter
    {
        public Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken) =>
            send(lines, cancellationToken);

        public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WriteKeepAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
