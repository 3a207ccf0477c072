using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Progress;

/// <summary>How far a command has come: what it told last, and what follows from that and the clock.</summary>
internal sealed class CommandProgress(TimeProvider time)
{
    private readonly Lock _gate = new();
    private ProgressReport? _latest;
    private (double Fraction, long At)? _first;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Null as long as nothing was told.</summary>
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

    public void Take(ToldProgress told)
    {
        lock (_gate)
        {
            // Who told the number of steps once need not tell it again.
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

    /// <summary>Ends when something is told that was not there at the last call.</summary>
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

    // As fast as since the first word.
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
