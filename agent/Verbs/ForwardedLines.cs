using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Remembers which lines of a file were forwarded, so that a rewritten file gives each record once: the third
/// occurrence of a line is new only when the line was forwarded twice before.
/// </summary>
/// <param name="capacity">The maximum number of different lines to remember.</param>
internal sealed class ForwardedLines(int capacity)
{
    private readonly Dictionary<ulong, Count> _counts = [];
    private int _generation;

    /// <summary>
    /// Whether there were more different lines than the capacity. The records of a rewritten file then cannot be told
    /// from new ones.
    /// </summary>
    public bool HasForgotten { get; private set; }

    /// <summary>Called when the file is read from its start again.</summary>
    public void BeginAnew() => _generation++;

    /// <summary>Takes the next line of the file.</summary>
    /// <returns>Whether the line was not forwarded yet.</returns>
    public bool IsNew(ReadOnlySpan<byte> line)
    {
        var hash = XxHash3.HashToUInt64(line);
        if (_counts.Count >= capacity && !_counts.ContainsKey(hash))
        {
            HasForgotten = true;
            return true;
        }
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, hash, out _);
        var seen = (count.Generation == _generation ? count.Seen : 0) + 1;
        var isNew = seen > count.Forwarded;
        count = new Count(_generation, seen, isNew ? seen : count.Forwarded);
        return isNew;
    }

    /// <param name="Generation">The last reading of the file that contained the line.</param>
    /// <param name="Seen">The number of occurrences in that reading.</param>
    /// <param name="Forwarded">How often the line was forwarded in total.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Count(int Generation, int Seen, int Forwarded);
}
