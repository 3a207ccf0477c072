using System.Diagnostics;
using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Sandboxes;

/// <summary>A command that another program runs for the process that was started.</summary>
internal interface IDetachedCommand
{
    /// <summary>Waits for the command's first process, which waits for its word to begin.</summary>
    /// <param name="client">The process that was started for it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<int> FirstProcessAsync(Process client, CancellationToken cancellationToken);

    /// <summary>How it ended, now that its processes are gone; nothing of it is left behind.</summary>
    /// <returns>Null when nobody knows.</returns>
    Task<DetachedEnd?> EndAsync();
}

/// <summary>How a detached command ended.</summary>
internal sealed record DetachedEnd(int ExitCode, ResourceUsage Usage);
