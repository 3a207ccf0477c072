using System.Runtime.CompilerServices;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>An owner's share, its running and its waiting runs.</summary>
internal sealed class OwnerAccount(string name, int index, FairShare share)
{
    public static Comparer<OwnerAccount> ByTurn { get; } = Comparer<OwnerAccount>.Create(Compare);

    public string Name => name;

    public FairShare Share => share;

    public List<RunGroup> Groups { get; } = [];

    /// <summary>The shapes of its groups.</summary>
    public ShapeSet Shapes { get; } = new();

    public int Reservations { get; set; }

    /// <summary>Its runs that are not due yet.</summary>
    public SortedSet<PendingRun> Later { get; } = new(PendingRun.ByPriority);

    public int RunningGpus { get; set; }

    public int Running { get; set; }

    /// <summary>The number of its waiting runs, including those not due yet.</summary>
    public int Waiting { get; set; }

    /// <summary>Cached, because sorted sets depend on it.</summary>
    public double Turn { get; set; }

    private int Index => index;

    /// <summary>All its waiting runs, by priority and age.</summary>
    public IEnumerable<PendingRun> InOrder()
    {
        var firsts = new PriorityQueue<IEnumerator<PendingRun>, PendingRun>(PendingRun.ByPriority);
        foreach (var group in Groups)
        {
            var own = group.Runs.GetEnumerator();
            if (own.MoveNext())
            {
                firsts.Enqueue(own, own.Current);
            }
        }
        var later = Later.GetEnumerator();
        if (later.MoveNext())
        {
            firsts.Enqueue(later, later.Current);
        }
        while (firsts.TryDequeue(out var runs, out var first))
        {
            yield return first;
            if (runs.MoveNext())
            {
                firsts.Enqueue(runs, runs.Current);
            }
        }
    }

    private static int Compare(OwnerAccount one, OwnerAccount other) =>
        one.Turn != other.Turn ? one.Turn.CompareTo(other.Turn) : one.Index.CompareTo(other.Index);
}

/// <summary>A set of shapes by their numbers.</summary>
internal sealed class ShapeSet
{
    private const int BitsPerWord = 64;

    private ulong[] _words = [];

    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    public void Clear() => Array.Clear(_words);

    public void Add(int number)
    {
        var word = number / BitsPerWord;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, 2 * _words.Length));
        }
        _words[word] |= 1UL << (number % BitsPerWord);
    }

    public void Remove(int number)
    {
        if (number / BitsPerWord < _words.Length)
        {
            _words[number / BitsPerWord] &= ~(1UL << (number % BitsPerWord));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int number)
    {
        var (words, word) = (_words, (uint)number / BitsPerWord);
        return word < (uint)words.Length && (words[word] & (1UL << number)) != 0;
    }

    public bool Overlaps(ShapeSet other)
    {
        var words = Math.Min(_words.Length, other._words.Length);
        for (var i = 0; i < words; i++)
        {
            if ((_words[i] & other._words[i]) != 0)
            {
                return true;
            }
        }
        return false;
    }
}
