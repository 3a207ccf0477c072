using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Remembers which lines of a file were sent on, so that a rewritten file does not repeat its records. For example, the
/// third occurrence of a line is new only when the line was sent on twice so far.
/// </summary>
/// <param name="capacity">The number of different lines to remember.</param>
internal sealed class ForwardedLines(int capacity)
{
    private readonly Dictionary<ulong, Count> _counts = [];
    private int _generation;

    /// <summary>
    /// Whether there were more different lines than that. Then the old records of a rewritten file cannot be told from
    /// new ones.
    /// </summary>
    public bool HasForgotten { get; private set; }

    /// <summary>Call before the file is read from its beginning again.</summary>
    public void BeginAnew() => _generation++;

    /// <summary>Takes the next line of the file.</summary>
    /// <returns>Whether the line was not sent on yet.</returns>
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

    /// <param name="Generation">The pass over the file in which the line was last seen.</param>
    /// <param name="Seen">The number of occurrences in that pass.</param>
    /// <param name="Forwarded">The number of times that the line was sent on in all.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Count(int Generation, int Seen, int Forwarded);
}
