using System.Globalization;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Checks that the data fits on the node's disk, and into what the run asked for, before it fills the disk.
/// </summary>
/// <param name="folder">A folder on the disk.</param>
/// <param name="reserve">The number of bytes that must stay free.</param>
/// <param name="cache">The cache that is trimmed when room is lacking.</param>
internal sealed class DataRoom(string folder, long reserve, DataCache cache)
{
    /// <summary>The disk space that the run asked for; null when it asked for none.</summary>
    public long? Asked { get; init; }

    /// <exception cref="DataAboveDiskException">The data is larger than the disk space that the run asked for.</exception>
    /// <exception cref="DataHasNoRoomException">The data does not fit.</exception>
    public void Check(DownloadState state)
    {
        if (state.ListedBytes > Asked)
        {
            var atLeast = state.IsListed ? "" : "at least ";
            throw new DataAboveDiskException(
                $"its data takes {atLeast}{Size(state.ListedBytes)} of the node's disk; it asked for {Size(Asked.Value)}"
            );
        }
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

/// <summary>The data is larger than the disk space that the run asked for. The message is for its owner.</summary>
internal sealed class DataAboveDiskException(string message) : Exception(message);
