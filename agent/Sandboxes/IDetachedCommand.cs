using System.Diagnostics;
using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Sandboxes;

/// <summary>A command that another program runs on behalf of the started process.</summary>
internal interface IDetachedCommand
{
    /// <summary>Waits for the command's first process, which waits for the agent's go.</summary>
    /// <param name="client">The process that was started for the command.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<int> FirstProcessAsync(Process client, CancellationToken cancellationToken);

    /// <summary>How the command ended, once its processes are gone. Also removes all that is left of it.</summary>
    /// <returns>Null when the outcome is unknown.</returns>
    Task<DetachedEnd?> EndAsync();
}

/// <summary>How a detached command ended.</summary>
internal sealed record DetachedEnd(int ExitCode, ResourceUsage Usage);
