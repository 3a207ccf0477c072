using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;

namespace Trainyard.Functions.Agents;

/// <summary>What the report of an attempt that gave way counts as.</summary>
internal static class PreemptedReports
{
    /// <summary>
    /// Says to whom it gave way. An attempt that gave way unasked counts as handed back, so that retries limit how
    /// often a node does that.
    /// </summary>
    public static CompletionReport Settle(CompletionReport report, LeaseStatus status) =>
        (report.Outcome, status.Preemption) switch
        {
            (AttemptOutcome.Preempted, { } order) => report with
            {
                Message = PreemptionTexts.GaveWay(order),
                ExitCode = null,
            },
            (AttemptOutcome.Preempted, null) => report with { Outcome = AttemptOutcome.HandedBack },
            _ => report,
        };
}
