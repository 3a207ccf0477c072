using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Progress;

/// <summary>The progress of a command: its last report, and an estimate of the remaining time.</summary>
internal sealed class CommandProgress(TimeProvider time)
{
    private readonly Lock _gate = new();
    private ProgressReport? _latest;
    private (double Fraction, long At)? _first;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Null until the first report.</summary>
    public ProgressReport? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    public void Take(ReportedProgress told)
    {
        lock (_gate)
        {
            // A command need not repeat the total number of steps.
            var steps = told.Steps ?? (told.Step is not null ? _latest?.Steps : null);
            var percent = told.Percent ?? PercentOf(told.Step, steps);
            _latest = new ProgressReport
            {
                At = time.GetUtcNow(),
                Step = told.Step,
                Steps = steps,
                Percent = percent,
                SecondsLeft = told.SecondsLeft ?? Estimate(percent / 100),
            };
            _changed.TrySetResult();
        }
    }

    /// <summary>Completes when there is a report that the last call did not return.</summary>
    public async Task<ProgressReport> WaitAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate)
        {
            changed = _changed.Task;
        }
        await changed.WaitAsync(cancellationToken);
        lock (_gate)
        {
            _changed = NewSignal();
            return _latest!;
        }
    }

    private static double? PercentOf(long? step, long? steps) =>
        step is { } at && steps is { } all ? Math.Min(100, 100.0 * at / all) : null;

    // Assumes the average speed since the first report.
    private double? Estimate(double? fraction)
    {
        if (fraction is not { } now)
        {
            return null;
        }
        if (_first is not { } first || now < first.Fraction)
        {
            _first = (now, time.GetTimestamp());
            return now >= 1 ? 0 : null;
        }
        return now >= 1 ? 0
            : now > first.Fraction ? time.GetElapsedTime(first.At).TotalSeconds * (1 - now) / (now - first.Fraction)
            : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
