using System.Globalization;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Transfers;

/// <summary>Checks that the data fits on the node's disk before it fills the disk.</summary>
/// <param name="folder">A folder on the disk.</param>
/// <param name="reserve">The number of bytes that must stay free.</param>
/// <param name="cache">The cache that is trimmed when room is lacking.</param>
internal sealed class DataRoom(string folder, long reserve, DataCache cache)
{
    /// <exception cref="DataHasNoRoomException">The data does not fit.</exception>
    public void Check(DownloadState state)
    {
        if (state.BytesToCome <= DiskSpace.FreeAt(folder) - reserve)
        {
            return;
        }
        cache.MakeRoom(folder, Math.Min(state.BytesToCome, long.MaxValue - reserve) + reserve);
        var free = DiskSpace.FreeAt(folder);
        if (state.BytesToCome > free - reserve)
        {
            var least = state.IsListed ? "" : "at least ";
            throw new DataHasNoRoomException(
                $"no room on the node: of its data, {least}{Size(state.ListedBytes)} are to come, and the node's disk has {Size(Math.Max(0, free - reserve))} free for it"
            );
        }
    }

    private static string Size(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}

/// <summary>The data is larger than the room on the node's disk. The message is for the run's owner.</summary>
internal sealed class DataHasNoRoomException(string message) : Exception(message);
