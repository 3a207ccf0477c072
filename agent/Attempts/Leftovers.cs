using Microsoft.Extensions.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Attempts;

/// <summary>Clears what an agent that was killed left: its commands' processes and its attempts' folders.</summary>
internal sealed class Leftovers(string work, TimeProvider time, ILogger logger)
{
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.GetDirectories(work, "training-*"))
        {
            if (ProcessMark.Read(AttemptFolders.MarkOf(folder)) is { } mark)
                await new ProcessGroup(mark, ours: false, time).KillAsync(cancellationToken);
            if (PrivateFolder.TryDelete(folder))
                Log.CleanedUp(logger, folder);
            else
                Log.CannotDelete(logger, folder);
        }
    }
}
