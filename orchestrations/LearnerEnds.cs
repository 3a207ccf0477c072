using Trainyard.Contracts.Agents;

namespace Trainyard.Orchestrations;

/// <summary>
/// The reports of an attempt's learners, and which of them says how the attempt ended. When one learner fails, the
/// commands of the others often fail with it, so the first report need not be of the learner that failed first.
/// </summary>
internal sealed class LearnerEnds(int learners)
{
    private readonly SortedDictionary<int, RunFinished> _reports = [];

    public bool AreComplete => _reports.Count == learners;

    public bool HasFailure => _reports.Values.Any(report => report.Outcome is not AttemptOutcome.Succeeded);

    /// <summary>Whether a learner was stopped for another run; all of them were told the same.</summary>
    public bool GaveWay => _reports.Values.Any(report => report.Outcome is AttemptOutcome.Preempted);

    /// <summary>Adds a report; a repeated one changes nothing.</summary>
    public void Add(RunFinished report) => _reports.TryAdd(report.Learner, report);

    /// <summary>The report that says how the attempt ended, with what the learners could not deliver.</summary>
    /// <param name="wasStopped">Whether a cancel or a deadline came before the first failure.</param>
    public RunFinished Cause(bool wasStopped) =>
        _reports
            .Values.OrderBy(report => Rank(report.Outcome, wasStopped))
            // All commands start at one time, so the one that ran for the least time ended first.
            .ThenBy(report => report.CommandSeconds ?? double.MaxValue)
            .First() with
        {
            Undelivered = Undelivered,
        };

    private string? Undelivered =>
        _reports.Values.FirstOrDefault(report => report.Undelivered is not null) is not { } report ? null
        : learners == 1 ? report.Undelivered
        : $"learner {report.Learner}: {report.Undelivered}";

    private static int Rank(AttemptOutcome outcome, bool wasStopped) =>
        outcome switch
        {
            AttemptOutcome.Canceled or AttemptOutcome.MaxDurationExceeded when wasStopped => 0,
            // It gave way as a whole: what else ended, ended with it.
            AttemptOutcome.Preempted => 1,
            AttemptOutcome.NodeFailed or AttemptOutcome.NoRoom => 2,
            AttemptOutcome.HandedBack => 3,
            AttemptOutcome.CommandFailed => 5,
            AttemptOutcome.Canceled => 6,
            AttemptOutcome.Succeeded => 7,
            _ => 4,
        };
}
