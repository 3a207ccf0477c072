using Microsoft.Extensions.Logging;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Attempts;

/// <summary>Removes the processes and the attempt folders that a killed agent left behind.</summary>
internal sealed class Leftovers(string work, ControlGroups groups, TimeProvider time, ILogger logger)
{
    /// <returns>The processes that cannot be killed. Their folder stays, so that the next start tries again.</returns>
    public async Task<IReadOnlyList<ProcessGroup>> ClearAsync(CancellationToken cancellationToken)
    {
        var folders = Directory.GetDirectories(work, "training-*");
        var remains = await Task.WhenAll(folders.Select(folder => ClearAsync(folder, cancellationToken)));
        return [.. remains.OfType<ProcessGroup>()];
    }

    /// <summary>
    /// Keeps only the process mark in an attempt's folder, so that the next start finds the processes.
    /// </summary>
    public static void Note(string folder, ProcessMark mark)
    {
        PrivateFolder.Create(folder);
        mark.Write(AttemptFolders.MarkOf(folder));
    }

    private async Task<ProcessGroup?> ClearAsync(string folder, CancellationToken cancellationToken)
    {
        var mark = ProcessMark.Read(AttemptFolders.MarkOf(folder));
        if (mark is { IsOfEarlierBoot: true })
        {
            mark = null;
        }
        if (mark is { CanHide: true })
        {
            NodeLog.MayHaveHidden(logger, Path.GetFileName(folder), StrayProcessRecord.Interval);
        }
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
