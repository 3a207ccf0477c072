using Microsoft.Extensions.Logging;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Attempts;

/// <summary>Clears what a killed agent left behind: processes of its commands and folders of its attempts.</summary>
internal sealed class Leftovers(string work, ControlGroups groups, TimeProvider time, ILogger logger)
{
    /// <returns>The processes that cannot be killed. Their folders stay, so that the next start tries again.</returns>
    public async Task<IReadOnlyList<ProcessGroup>> ClearAsync(CancellationToken cancellationToken)
    {
        var folders = Directory.GetDirectories(work, "training-*");
        var remains = await Task.WhenAll(folders.Select(folder => ClearAsync(folder, cancellationToken)));
        return [.. remains.OfType<ProcessGroup>()];
    }

    /// <summary>Reduces an attempt's folder to the mark that identifies its processes.</summary>
    public static void Note(string folder, ProcessMark mark)
    {
        PrivateFolder.Create(folder);
        mark.Write(AttemptFolders.MarkOf(folder));
    }

    private async Task<ProcessGroup?> ClearAsync(string folder, CancellationToken cancellationToken)
    {
        var mark = ProcessMark.Read(AttemptFolders.MarkOf(folder));
        var controlled = mark?.ControlGroup is { } name ? groups.Of(name) : null;
        var group = mark is null ? null : new ProcessGroup(mark, ours: false, time, controlled);
        var remaining = group is null ? [] : await group.KillAsync(ProcessGroup.Patience, cancellationToken);
        controlled?.TryRemove();
        if (PrivateFolder.TryDelete(folder))
        {
            Log.CleanedUp(logger, folder);
        }
        else
        {
            Log.CannotDelete(logger, folder);
        }
        if (remaining.Count == 0)
        {
            return null;
        }
        var remains = group!.With(remaining);
        Note(folder, remains.Mark);
        return remains;
    }
}
