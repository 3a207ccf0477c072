using System.Diagnostics;

namespace Trainyard.Core.Runs;

/// <summary>Spans of a run, in whatever process, under the trace of its submit.</summary>
public static class RunTrace
{
    /// <summary>The name of the source, for exporters.</summary>
    public const string SourceName = "Trainyard";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts a span; null when nobody listens, which costs nothing.</summary>
    public static Activity? Start(string name, RunId id, int attempt, string? traceParent)
    {
        if (!Source.HasListeners())
            return null;
        // A traceparent that does not parse begins a trace of its own.
        _ = ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent);
        var span = Source.StartActivity(name, ActivityKind.Internal, parent);
        span?.SetTag("trainyard.run_id", id.ToString());
        span?.SetTag("trainyard.attempt", attempt);
        return span;
    }

    /// <inheritdoc cref="Start(string, RunId, int, string?)" />
    public static Activity? Start(string name, TrainingRun run) => Start(name, run.Id, run.Attempt, run.TraceParent);
}
