using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>The state that all steps of one attempt share.</summary>
internal sealed record AttemptContext : IDisposable
{
    public required NodeTask Task { get; init; }

    public required SlotGrant Grant { get; init; }

    public required AttemptFolders Folders { get; init; }

    /// <summary>The sandbox that the command runs in.</summary>
    public required ISandbox Sandbox { get; init; }

    public required JobView View { get; init; }

    public required AttemptClient Client { get; init; }

    public required StopSignal Stop { get; init; }

    public required Spool Log { get; init; }

    /// <summary>The time at which each part of <see cref="Log"/> was printed.</summary>
    public required Spool LogTimes { get; init; }

    public required Spool Metrics { get; init; }

    /// <summary>Whether <see cref="Metrics"/> has more than the command's own metrics file.</summary>
    public bool HasExtractedMetrics { get; set; }

    /// <summary>The resource use of the command and its GPUs, as the node measures it.</summary>
    public required Spool System { get; init; }

    /// <summary>Marks all spools as complete: nothing more is printed or measured.</summary>
    public void CompleteSpools()
    {
        Log.Complete();
        LogTimes.Complete();
        Metrics.Complete();
        System.Complete();
    }

    public void Dispose()
    {
        Log.Dispose();
        LogTimes.Dispose();
        Metrics.Dispose();
        System.Dispose();
    }
}
