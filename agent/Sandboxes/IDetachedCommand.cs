using System.Diagnostics;
using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Sandboxes;

/// <summary>A command that runs under another program than the started process, such as a container engine.</summary>
internal interface IDetachedCommand
{
    /// <summary>Waits for the command's first process, which in turn waits for the start signal.</summary>
    /// <param name="client">The process that was started to run the command.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<int> FirstProcessAsync(Process client, CancellationToken cancellationToken);

    /// <summary>Call when the command's processes are gone: returns how it ended, and removes what is left.</summary>
    /// <returns>Null when the end is unknown.</returns>
    Task<DetachedEnd?> EndAsync();
}

/// <summary>How a detached command ended.</summary>
internal sealed record DetachedEnd(int ExitCode, ResourceUsage Usage);
