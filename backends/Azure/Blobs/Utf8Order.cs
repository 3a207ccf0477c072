using System.Runtime.CompilerServices;
using System.Text;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// A list in the order of UTF-16 as one in the order of UTF-8. The two differ only where a name goes on with a character
/// from U+D800 up, so only the names that share what stands before it wait for each other.
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
