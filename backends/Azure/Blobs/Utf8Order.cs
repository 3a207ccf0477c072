using System.Runtime.CompilerServices;
using System.Text;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Reorders a list from UTF-16 order to UTF-8 order. The two differ only where a name continues with a character from
/// U+D800 up, so only names that share the prefix before it are buffered.
/// </summary>
internal static class Utf8Order
{
    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(
        (one, other) => one.AsSpan().SequenceCompareTo(other)
    );

    public static async IAsyncEnumerable<T> SortAsync<T>(
        IAsyncEnumerable<T> items,
        Func<T, string> nameOf,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var waiting = new List<T>();
        string? shared = null;
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            if (shared is not null && !GoesOn(nameOf(item), shared))
            {
                foreach (var sorted in Sorted(waiting, nameOf))
                {
                    yield return sorted;
                }
                waiting.Clear();
                shared = null;
            }
            shared ??= StartOf(nameOf(item));
            if (shared is null)
            {
                yield return item;
            }
            else
            {
                waiting.Add(item);
            }
        }
        foreach (var sorted in Sorted(waiting, nameOf))
        {
            yield return sorted;
        }
    }

    private static bool GoesOn(string name, string shared) =>
        name.Length > shared.Length && name.StartsWith(shared, StringComparison.Ordinal) && IsHigh(name[shared.Length]);

    private static string? StartOf(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (IsHigh(name[i]))
            {
                return name[..i];
            }
        }
        return null;
    }

    private static bool IsHigh(char character) => character >= '\uD800';

    private static IEnumerable<T> Sorted<T>(List<T> items, Func<T, string> nameOf) =>
        items.OrderBy(item => Encoding.UTF8.GetBytes(nameOf(item)), ByBytes);
}
