using System.Diagnostics;

namespace Trainyard.Contracts.Runs;

/// <summary>Creates spans of a run, in any process, under the trace of the run's submit.</summary>
public static class RunTrace
{
    /// <summary>The name of the source, for exporters.</summary>
    public const string SourceName = "Trainyard";

    /// <summary>The span of an attempt, from its lease to its completion.</summary>
    public const string Attempt = nameof(Attempt);

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether this process exports spans.</summary>
    public static bool IsExported => Source.HasListeners();

    /// <summary>Starts a span; null, at no cost, when spans are not exported.</summary>
    public static Activity? Start(string name, RunId id, int attempt, string? traceParent)
    {
        if (!IsExported)
        {
            return null;
        }
        var span = Source.StartActivity(name, ActivityKind.Internal, Parent(traceParent));
        Tag(span, id, attempt);
        return span;
    }

    /// <summary>Records a span for work that already happened elsewhere.</summary>
    public static void Record(
        string name,
        RunId id,
        int attempt,
        string? traceParent,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var parent = Parent(traceParent);
        using var span = Source.StartActivity(name, ActivityKind.Internal, parent, startTime: from);
        Tag(span, id, attempt);
        span?.SetEndTime(to.UtcDateTime);
    }

    // A traceparent that does not parse begins a trace of its own.
    private static ActivityContext Parent(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent) ? parent : default;

    private static void Tag(Activity? span, RunId id, int attempt)
    {
        span?.SetTag("trainyard.run_id", id.ToString());
        span?.SetTag("trainyard.attempt", attempt);
    }
}
