using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Which lines of a file were sent on, so that a file that is written anew gives each record once: the third time that a line
/// stands in it is new only when it was sent on twice so far.
/// </summary>
/// <param name="capacity">Different lines it remembers.</param>
internal sealed class ForwardedLines(int capacity)
{
    private readonly Dictionary<ulong, Count> _counts = [];
    private int _generation;

    /// <summary>Whether there were more different lines than it remembers: a file written anew cannot be told from new records.</summary>
    public bool HasForgotten { get; private set; }

    /// <summary>The file is read from its beginning again.</summary>
    public void BeginAnew() => _generation++;

    /// <summary>Takes the next line of the file.</summary>
    /// <returns>Whether it was not sent on yet.</returns>
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

    /// <param name="Generation">The reading of the file in which it was last seen.</param>
    /// <param name="Seen">How often in that one.</param>
    /// <param name="Forwarded">How often it was sent on in all.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Count(int Generation, int Seen, int Forwarded);
}
