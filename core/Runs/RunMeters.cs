using System.Diagnostics.Metrics;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Metrics of the runs in this process.</summary>
public static class RunMeters
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Trainyard";

    /// <summary>The name of the counter of runs that gave way.</summary>
    public const string PreemptedName = "runs_preempted";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> PhaseSeconds = Meter.CreateHistogram<double>(
        "run_phase_seconds",
        description: "How long runs were in a phase that they have left."
    );

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "runs_ended",
        description: "Runs that ended, by state, reason and whose fault it was."
    );

    private static readonly Counter<long> Preempted = Meter.CreateCounter<long>(
        PreemptedName,
        description: "How often runs gave way to other runs."
    );

    /// <summary>Records the phase changes between two versions of a run's record.</summary>
    internal static void Record(TrainingRun? before, TrainingRun? after)
    {
        if (before is null || after is null)
        {
            return;
        }
        for (var entered = before.History.Count; entered < after.History.Count; entered++)
        {
            var left = after.History[entered - 1];
            var seconds = (after.History[entered].At - left.At).TotalSeconds;
            PhaseSeconds.Record(Math.Max(0, seconds), new KeyValuePair<string, object?>("phase", left.Phase.ToWire()));
            if (after.History[entered].Reason is { Code: RunReason.PreemptedCode })
            {
                Preempted.Add(1);
            }
        }
        if (after.Phase.IsTerminal() && !before.Phase.IsTerminal())
        {
            Ended.Add(
                1,
                new("state", WordOf(after.Phase.ToState())),
                new("reason", after.Reason?.Code ?? ""),
                new("fault", WordOf(after.Reason?.Fault ?? Fault.None))
            );
        }
    }

    private static string WordOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
