using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools;

/// <summary>
/// A node's record with its recent runs. A node that fails several runs in a row is set aside, longer each time, and
/// then gets a single run to prove that it works again.
/// </summary>
public sealed record NodeStanding
{
    /// <summary>The number of different runs that a node may fail in a row before it is set aside.</summary>
    public const int MostFailures = 3;

    private const int LongestReason = 200;

    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    // Failures further apart than this are unrelated.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    public static NodeStanding Good { get; } = new();

    /// <summary>Failures in a row; repeated failures of one run count once.</summary>
    public int Failures { get; init; }

    public RunId? LastRun { get; init; }

    public int LastAttempt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The reason of the last failure.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset? AsideUntil { get; init; }

    /// <summary>The time until which the node is set aside; null when it is not.</summary>
    public DateTimeOffset? SetAsideUntil(DateTimeOffset now) =>
        // Ignores a time further ahead than possible: it was written by a clock that has been set back since.
        AsideUntil is { } until
        && until > now
        && until <= now + Longest
            ? until
            : null;

    /// <summary>Whether the node may be given another run while it holds <paramref name="held"/> runs.</summary>
    public bool MayTake(int held, DateTimeOffset now) =>
        SetAsideUntil(now) is null && (Failures < MostFailures || held == 0);

    /// <summary>The standing after an attempt. Reporting the same attempt twice changes nothing.</summary>
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

    // Set aside for 1, 2, 4, 8, 16, then 30 minutes.
    private static TimeSpan Aside(int failures)
    {
        var time = First * Math.Pow(2, Math.Min(10, failures - MostFailures));
        return time < Longest ? time : Longest;
    }
}

/// <summary>What the end of an attempt says about its node.</summary>
public enum NodeVerdictKind
{
    /// <summary>The node did its part, whatever the command did.</summary>
    Worked,

    /// <summary>The node could not do its part.</summary>
    Failed,

    /// <summary>The node fell silent: its machine was taken away, or the run brought it down.</summary>
    Lost,
}

/// <summary>What the end of an attempt says about its node, with the reason.</summary>
public sealed record NodeVerdict(NodeVerdictKind Kind, string Reason = "")
{
    public static NodeVerdict Worked { get; } = new(NodeVerdictKind.Worked);

    public static NodeVerdict Lost { get; } = new(NodeVerdictKind.Lost);

    public static NodeVerdict Failed(string reason) => new(NodeVerdictKind.Failed, reason);
}
