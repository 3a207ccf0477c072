using System.Numerics;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Files;
using Trainyard.Agent.Transfers;

namespace Trainyard.Agent.Leasing;

/// <summary>The disk space that runs may take together, and how much of it is there and not promised.</summary>
/// <param name="work">The folder of the attempts.</param>
/// <param name="reserve">The number of bytes that must stay free.</param>
/// <param name="cache">The data cache, which makes room for runs.</param>
internal sealed class DiskRoom(string work, long reserve, DataCache cache)
{
    // A step is at least 1 GiB, and about a fortieth of a larger disk.
    private const int StepsOfDisk = 32;
    private const int Gibibyte = 30;

    private volatile DiskCount? _last;
    private long? _told;

    /// <summary>
    /// The disk space that runs may take together; null when it is not known yet. It stays the same while what was
    /// counted lies less than two steps above, because each change makes the node one of another kind.
    /// </summary>
    public long? Bytes => _last?.Told;

    /// <summary>Takes note of a count.</summary>
    /// <param name="attempts">What the attempts take.</param>
    /// <param name="cached">What the cache takes.</param>
    public void Note(IReadOnlyList<(Attempt Attempt, DiskUse Use)> attempts, DiskUse cached)
    {
        var taken = attempts.Sum(each => each.Use.Share) + cached.Share;
        _told = Told(_told, DiskSpace.FreeAt(work) + taken - reserve);
        _last = new DiskCount(
            _told.Value,
            attempts.ToDictionary(each => each.Attempt, each => each.Use.Bytes),
            cached.Sole,
            cache.DroppedBytes
        );
    }

    /// <summary>
    /// What is there for one more run and promised to none, in whole GiB; null when unknown. Runs that asked for none
    /// have no promise, but what they take is not there.
    /// </summary>
    public long? FreeBytes(IEnumerable<Attempt> attempts)
    {
        if (_last is not { } last)
        {
            return null;
        }
        var (promised, toCome) = (0L, 0L);
        foreach (var attempt in attempts)
        {
            var promise = attempt.DiskBytes ?? 0;
            promised += promise;
            toCome += Math.Max(0, promise - last.Attempts.GetValueOrDefault(attempt));
        }
        var cached = Math.Max(0, last.Droppable - (cache.DroppedBytes - last.Dropped));
        var there = FreeNow() + cached - reserve - toCome;
        return Math.Max(0, Math.Min(last.Told - promised, there)) >> Gibibyte << Gibibyte;
    }

    private long FreeNow()
    {
        try
        {
            return DiskSpace.FreeAt(work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>What is told after a count, in whole steps, never more than was counted.</summary>
    internal static long Told(long? before, long counted)
    {
        var bytes = Math.Max(0, counted);
        var step = 1L << Math.Max(Gibibyte, BitOperations.Log2((ulong)(bytes / StepsOfDisk)));
        return before is { } told && told <= bytes && bytes - told < 2 * step ? told : bytes / step * step;
    }

    /// <param name="Told">The disk space that runs may take together.</param>
    /// <param name="Attempts">What each attempt took.</param>
    /// <param name="Droppable">What the cache could give back.</param>
    /// <param name="Dropped">What it had dropped until then.</param>
    private sealed record DiskCount(
        long Told,
        IReadOnlyDictionary<Attempt, long> Attempts,
        long Droppable,
        long Dropped
    );
}
