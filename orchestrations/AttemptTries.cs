using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations;

/// <summary>Counts what went wrong, by cause, against the manifest's limits.</summary>
internal sealed class AttemptTries(RetryLimits limits)
{
    private int _lost;
    private int _system;
    private int _store;
    private int _command;

    /// <summary>Whether the run gets another attempt after this end.</summary>
    public bool TryAgain(AttemptEnd end)
    {
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
