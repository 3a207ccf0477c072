using System.Diagnostics;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Spans of a run whose record is at hand.</summary>
public static class TrainingRunTrace
{
    /// <inheritdoc cref="RunTrace.Start" />
    public static Activity? StartSpan(this TrainingRun run, string name) =>
        RunTrace.Start(name, run.Id, run.Attempt, run.TraceParent);

    /// <inheritdoc cref="RunTrace.Record" />
    public static void RecordSpan(this TrainingRun run, string name, DateTimeOffset from, DateTimeOffset to) =>
        RunTrace.Record(name, run.Id, run.Attempt, run.TraceParent, from, to);
}
