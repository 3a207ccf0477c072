using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations;

/// <summary>Counts what went wrong, by cause, against the manifest's limits.</summary>
internal sealed class AttemptTries(RetryLimits limits)
{
    private int lost;
    private int system;
    private int store;
    private int command;

    /// <summary>Whether the run gets another attempt after this end.</summary>
    public bool TryAgain(AttemptEnd end)
    {
        if (end.LostNode is not null)
            return ++lost <= limits.NodeLost;
        return end.Finished?.Outcome switch
        {
            AttemptOutcome.HandedBack => ++lost <= limits.NodeLost,
            AttemptOutcome.NodeFailed or AttemptOutcome.NoRoom => ++system <= limits.SystemError,
            AttemptOutcome.DownloadFailed or AttemptOutcome.ImageFailed or AttemptOutcome.DependenciesFailed => ++store
                <= limits.StoreError,
            AttemptOutcome.CommandFailed or AttemptOutcome.OutOfMemory => ++command <= limits.CommandFailed,
            _ => false,
        };
    }
}
