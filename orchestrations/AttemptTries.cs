using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations;

/// <summary>Counts failed attempts by cause, against the limits of the manifest.</summary>
internal sealed class AttemptTries(RetryLimits limits)
{
    private int _lost;
    private int _system;
    private int _store;
    private int _command;

    /// <summary>How many attempts gave way to other runs. They count against no limit.</summary>
    public int Preempted { get; private set; }

    /// <summary>Counts this end and says whether the run gets another attempt.</summary>
    public bool TryAgain(AttemptEnd end)
    {
        if (end.Finished is { Outcome: AttemptOutcome.Preempted })
        {
            Preempted++;
            return true;
        }
        if (end.LostNode is not null)
        {
            return ++_lost <= limits.NodeLost;
        }
        return end.Finished?.Outcome switch
        {
            AttemptOutcome.HandedBack => ++_lost <= limits.NodeLost,
            AttemptOutcome.NodeFailed or AttemptOutcome.NoRoom => ++_system <= limits.SystemError,
            AttemptOutcome.DownloadFailed or AttemptOutcome.ImageFailed or AttemptOutcome.DependenciesFailed => ++_store
                <= limits.StoreError,
            AttemptOutcome.CommandFailed or AttemptOutcome.OutOfMemory => ++_command <= limits.CommandFailed,
            _ => false,
        };
    }
}
