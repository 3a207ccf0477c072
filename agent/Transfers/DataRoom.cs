using System.Globalization;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Transfers;

/// <summary>Whether the data has room on the node's disk, before it fills it.</summary>
/// <param name="folder">On the disk.</param>
/// <param name="reserve">What stays free.</param>
/// <param name="cache">What gives way.</param>
internal sealed class DataRoom(string folder, long reserve, DataCache cache)
{
    /// <exception cref="DataHasNoRoomException">It has none.</exception>
    public void Check(DownloadState state)
    {
        if (state.BytesToCome + reserve <= DiskSpace.FreeAt(folder))
        {
            return;
        }
        cache.MakeRoom(folder, state.BytesToCome + reserve);
        var free = DiskSpace.FreeAt(folder);
        if (state.BytesToCome + reserve > free)
        {
            var least = state.IsListed ? "" : "at least ";
            throw new DataHasNoRoomException(
                $"no room on the node: of its data, {least}{Size(state.ListedBytes)} are to come, and the node's disk has {Size(Math.Max(0, free - reserve))} free for it"
            );
        }
    }

    private static string Size(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}

/// <summary>The data is more than the node's disk has room for. The message is for the run's owner.</summary>
internal sealed class DataHasNoRoomException(string message) : Exception(message);
