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
/// Watches the disk of the attempts. With too little free space the node offers no slots. An attempt above its limit, or
/// above what its run asked for, is ended. On a disk that gets full, the largest attempt is ended to save the others,
/// one that was promised no space before one that keeps to its promise; for the latter, and when runs hold less than
/// half of the used space, the node is to blame, and the run is tried on another node.
/// </summary>
internal sealed class DiskGuard(string work, AgentOptions options, DataCache cache, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Counting files slows the commands down: it may take at most a twentieth of the time.
    private const int Idle = 19;

    // What the runs may take together changes rarely, as what they write themselves does not change it.
    private static readonly TimeSpan CountAfter = TimeSpan.FromMinutes(5);

    private readonly long _reserve = options.MinFreeBytes ?? DiskSpace.DefaultReserveAt(work);
    private volatile bool _hasRoom = true;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _countedAt;
    private TimeSpan _pause;

    /// <summary>Whether there is room for one more attempt.</summary>
    public bool HasRoom => _hasRoom;

    /// <summary>The disk space for runs.</summary>
    public DiskRoom Room { get; } = new(work, options.MinFreeBytes ?? DiskSpace.DefaultReserveAt(work), cache);

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
        var running = attempts().ToList();
        var age = time.GetElapsedTime(_countedAt);
        var isDue = isFull || Room.Bytes is null || age >= CountAfter || running.Exists(a => LimitOf(a) is not null);
        if (!isDue || age < _pause)
        {
            return;
        }
        var sizes = Count(running, ended);
        var isOver = false;
        foreach (var (attempt, use) in sizes)
        {
            isOver |= EndAboveLimit(attempt, use.Bytes);
        }
        // What was ended for its limit makes room.
        if (isFull && !isOver)
        {
            EndLargest(sizes, free);
        }
    }

    private List<(Attempt Attempt, DiskUse Use)> Count(List<Attempt> running, CancellationToken ended)
    {
        var begin = time.GetTimestamp();
        var sizes = running.ConvertAll(attempt => (attempt, attempt.DiskUse(ended)));
        Room.Note(sizes, cache.DiskUse(ended));
        _countedAt = time.GetTimestamp();
        _pause = time.GetElapsedTime(begin) * Idle;
        return sizes;
    }

    private long? LimitOf(Attempt attempt) =>
        options.MaxScratchBytes == 0 ? attempt.DiskBytes
        : attempt.DiskBytes is { } asked ? Math.Min(asked, options.MaxScratchBytes)
        : options.MaxScratchBytes;

    private bool EndAboveLimit(Attempt attempt, long bytes)
    {
        if (LimitOf(attempt) is not { } limit || bytes <= limit)
        {
            return false;
        }
        var most = limit == attempt.DiskBytes ? $"it asked for {Size(limit)}" : $"the limit is {Size(limit)}";
        End(attempt, StopReason.ScratchLimit, $"its files took {Size(bytes)} of the node's disk; {most}");
        return true;
    }

    private void EndLargest(List<(Attempt Attempt, DiskUse Use)> sizes, long free)
    {
        // Ending a small attempt would not free enough space.
        var large = sizes.FindAll(s => s.Use.Bytes >= _reserve / 2);
        if (large.Count == 0)
        {
            return;
        }
        var (attempt, use) = large
            .OrderBy(s => s.Attempt.DiskBytes is not null)
            .ThenByDescending(s => s.Use.Bytes)
            .First();
        var why = $"its files took {Size(use.Bytes)} of the node's disk, which is full ({Size(free)} left)";
        if (attempt.DiskBytes is { } asked)
        {
            End(attempt, StopReason.NodeFull, $"{why}, and it asked for {Size(asked)}");
        }
        else if (sizes.Sum(s => s.Use.Share) >= DiskSpace.UsedAt(work) / 2)
        {
            End(attempt, StopReason.DiskFull, why);
        }
        else
        {
            End(attempt, StopReason.NodeFull, $"{why}, mostly of what no run wrote");
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
