using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools;

/// <summary>
/// How a node fared with the runs it was given. One that fails several runs in a row by itself is set aside, longer each time;
/// then it gets one run to show that it works again.
/// </summary>
public sealed record NodeStanding
{
    /// <summary>As many different runs it may fail in a row.</summary>
    public const int MostFailures = 3;

    private const int LongestReason = 200;

    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    // Failures that lie further apart have nothing to do with each other.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    public static NodeStanding Good { get; } = new();

    /// <summary>In a row, a run that fails again and again counted once.</summary>
    public int Failures { get; init; }

    public RunId? LastRun { get; init; }

    public int LastAttempt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What the last failure said.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset? AsideUntil { get; init; }

    /// <summary>When it is tried again; null when it is not set aside now.</summary>
    public DateTimeOffset? SetAsideUntil(DateTimeOffset now) =>
        // Longer ahead than it can be: written by a clock that has been set back since.
        AsideUntil is { } until
        && until > now
        && until <= now + Longest
            ? until
            : null;

    /// <summary>Whether it may be given a run, holding so many.</summary>
    public bool MayTake(int held, DateTimeOffset now) =>
        SetAsideUntil(now) is null && (Failures < MostFailures || held == 0);

    /// <summary>The standing after an attempt; telling of the same attempt twice changes nothing.</summary>
    public NodeStanding After(RunId run, int attempt, NodeVerdict verdict, DateTimeOffset now) =>
        verdict.Kind switch
        {
            NodeVerdictKind.Worked => Good,
            NodeVerdictKind.Failed when LastRun != run || LastAttempt != attempt => Failed(run, attempt, verdict, now),
            _ => this,
        };

    private NodeStanding Failed(RunId run, int attempt, NodeVerdict verdict, DateTimeOffset now)
    {
        var isForgotten = Failures < MostFailures && FailedAt is { } last && now - last > Memory;
        var isSameRun = Failures is > 0 and < MostFailures && LastRun == run;
        var failures = isForgotten ? 1 : Failures + (isSameRun ? 0 : 1);
        return new NodeStanding
        {
            Failures = failures,
            LastRun = run,
            LastAttempt = attempt,
            FailedAt = now,
            Reason = verdict.Reason.Length <= LongestReason ? verdict.Reason : verdict.Reason[..LongestReason],
            AsideUntil = failures < MostFailures ? null : now + Aside(failures),
        };
    }

    // 1, 2, 4, 8, 16, 30 minutes.
    private static TimeSpan Aside(int failures)
    {
        var time = First * Math.Pow(2, Math.Min(10, failures - MostFailures));
        return time < Longest ? time : Longest;
    }
}

/// <summary>What the end of an attempt says of its node.</summary>
public enum NodeVerdictKind
{
    /// <summary>It did its part, whatever the command did.</summary>
    Worked,

    /// <summary>It could not do its part.</summary>
    Failed,

    /// <summary>It fell silent: a machine that was taken away, or that the run brought down.</summary>
    Lost,
}

/// <summary>What the end of an attempt says of its node, and in which words.</summary>
public sealed record NodeVerdict(NodeVerdictKind Kind, string Reason = "")
{
    public static NodeVerdict Worked { get; } = new(NodeVerdictKind.Worked);

    public static NodeVerdict Lost { get; } = new(NodeVerdictKind.Lost);

    public static NodeVerdict Failed(string reason) => new(NodeVerdictKind.Failed, reason);
}
