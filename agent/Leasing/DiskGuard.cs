using System.Globalization;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Transfers;

namespace Trainyard.Agent.Leasing;

/// <summary>
/// Watches the disk of the attempts. With too little free space the node offers no slots. An attempt above its limit is
/// ended. On a disk that gets full, the largest attempt is ended to save the others; when runs hold less than half of
/// the used space, the node is to blame, and the run is tried on another node.
/// </summary>
internal sealed class DiskGuard(string work, AgentOptions options, DataCache cache, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Counting files slows the commands down: it may take at most a twentieth of the time.
    private const int Idle = 19;

    private readonly long _reserve = options.MinFreeBytes ?? DiskSpace.DefaultReserveAt(work);
    private volatile bool _hasRoom = true;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _countedAt;
    private TimeSpan _pause;

    /// <summary>Whether there is room for one more attempt.</summary>
    public bool HasRoom => _hasRoom;

    /// <summary>Completes when <see cref="HasRoom"/> changes.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Runs until the token is canceled.</summary>
    public async Task RunAsync(Func<IEnumerable<Attempt>> attempts, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                Look(attempts, ended);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.DiskUnknown(logger, e.Message);
            }
            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal void Look(Func<IEnumerable<Attempt>> attempts, CancellationToken ended)
    {
        var free = DiskSpace.FreeAt(work);
        if (free < _reserve && !cache.IsEmpty)
        {
            cache.MakeRoom(work, _reserve);
            free = DiskSpace.FreeAt(work);
        }
        Tell(free);
        var isFull = free < _reserve / 2;
        if ((!isFull && options.MaxScratchBytes == 0) || time.GetElapsedTime(_countedAt) < _pause)
        {
            return;
        }
        var begin = time.GetTimestamp();
        var sizes = attempts().Select(a => (Attempt: a, Bytes: a.BytesOnDisk(ended))).ToList();
        _countedAt = time.GetTimestamp();
        _pause = time.GetElapsedTime(begin) * Idle;
        foreach (
            var (attempt, bytes) in sizes.Where(s => options.MaxScratchBytes > 0 && s.Bytes > options.MaxScratchBytes)
        )
        {
            End(
                attempt,
                StopReason.ScratchLimit,
                $"its files took {Size(bytes)} of the node's disk; the limit is {Size(options.MaxScratchBytes)}"
            );
        }
        // Ending a small attempt would not free enough space.
        if (isFull && sizes.Count > 0 && sizes.MaxBy(s => s.Bytes) is { } largest && largest.Bytes >= _reserve / 2)
        {
            var areToBlame = sizes.Sum(s => s.Bytes) >= DiskSpace.UsedAt(work) / 2;
            End(
                largest.Attempt,
                areToBlame ? StopReason.DiskFull : StopReason.NodeFull,
                $"its files took {Size(largest.Bytes)} of the node's disk, which is full ({Size(free)} left)"
                    + (areToBlame ? "" : ", mostly of what no run wrote")
            );
        }
    }

    private void End(Attempt attempt, StopReason reason, string why)
    {
        if (attempt.TryEnd(reason, why))
        {
            Log.ScratchLimit(logger, attempt.Name, why);
        }
    }

    private void Tell(long free)
    {
        var room = free >= _reserve;
        if (room == _hasRoom)
        {
            return;
        }
        _hasRoom = room;
        if (room)
        {
            Log.RoomAgain(logger, Size(free));
        }
        else
        {
            Log.NoRoom(logger, Size(free), Size(_reserve));
        }
        var signal = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }

    private static string Size(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}
