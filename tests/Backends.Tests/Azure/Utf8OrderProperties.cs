using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Backends.Azure.Blobs;

namespace Trainyard.Backends.Tests.OnAzure;

public sealed class Utf8OrderProperties
{
    private static readonly string[] Characters = ["a", "b", "/", "\uD7FF", "\uE000", "\uFFFD", "🚂", "𐀀"];

    [Fact]
    public void A_list_in_the_order_of_UTF_16_becomes_one_in_the_order_of_UTF_8() =>
        Prop.ForAll(
                Gen.Elements(Characters).ListOf().Select(string.Concat).ListOf().ToArbitrary(),
                names =>
                {
                    var distinct = names.Distinct().ToList();
                    var sorted = SortAsync(distinct.Order(StringComparer.Ordinal)).GetAwaiter().GetResult();
                    var expected = distinct.OrderBy(
                        n => Convert.ToHexString(Encoding.UTF8.GetBytes(n)),
                        StringComparer.Ordinal
                    );
                    return sorted.SequenceEqual(expected);
                }
            )
            .QuickCheckThrowOnFailure();

    private static async Task<List<string>> SortAsync(IEnumerable<string> names)
    {
        var sorted = new List<string>();
        await foreach (var name in Utf8Order.SortAsync(names.ToAsyncEnumerable(), name => name, default))
        {
            sorted.Add(name);
        }
        return sorted;
    }
}
