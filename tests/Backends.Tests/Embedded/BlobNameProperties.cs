using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Backends.Blobs;
using Trainyard.Contracts;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>Names against a model: a sorted dictionary.</summary>
public sealed class BlobNameProperties
{
    // Few letters, so that names share prefixes, and the ones where orders and encodings differ.
    private static readonly Gen<string> Segments = Gen.Elements("a", "b", "-", "é", "\uE000", "\uFFFD", "🚂", "%", " ")
        .NonEmptyListOf()
        .Select(letters => string.Concat(letters.Take(6)));

    private static readonly Gen<string> Names = Segments
        .NonEmptyListOf()
        .Select(segments => string.Join('/', segments.Take(4)));

    [Fact]
    public void Every_set_of_names_is_listed_as_its_own() =>
        Prop.ForAll(
                Names.ListOf().Two().ToArbitrary(),
                (names) =>
                {
                    using var home = new EmbeddedHome();
                    var (kept, asked) = (names.Item1.Distinct().ToList(), names.Item2.Append("").Append("a"));
                    foreach (var name in kept)
                    {
                        Append(home.Blobs, name);
                    }

                    return asked.All(prefix => List(home.Blobs, prefix).SequenceEqual(Expected(kept, prefix)));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public void A_prefixs_range_holds_exactly_what_starts_with_it() =>
        Prop.ForAll(
                Names.Two().ToArbitrary(),
                names =>
                {
                    var (name, prefix) = names;
                    var range = new PrefixRange(prefix);
                    var isInside =
                        Compare(name, range.From) >= 0 && (range.Before is null || Compare(name, range.Before) < 0);
                    return isInside == name.StartsWith(prefix, StringComparison.Ordinal);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("", null)]
    [InlineData("a", "b")]
    [InlineData("\uD7FF", "\uE000")]
    [InlineData("\U0010FFFF", null)]
    [InlineData("a\U0010FFFF", "b")]
    public void A_range_ends_at_the_next_code_point(string prefix, string? before) =>
        Assert.Equal(before, new PrefixRange(prefix).Before);

    [Fact]
    public void A_broken_surrogate_pair_is_no_name()
    {
        foreach (var text in new[] { "\uD83D", "a\uDE82b", "a\uDE82\uD83D", "a\uD83D" })
        {
            Assert.False(BlobName.TryParse(text, out _));
        }
    }

    private static IEnumerable<string> Expected(List<string> names, string prefix) =>
        names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(Comparer<string>.Create(Compare));

    private static int Compare(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    private static void Append(FileBlobStore blobs, string name) =>
        blobs.AppendAsync(BlobName.Parse(name), 0, "x"u8.ToArray(), default).GetAwaiter().GetResult();

    private static List<string> List(FileBlobStore blobs, string prefix) =>
        [.. blobs.ListAsync(prefix, default).ToBlockingEnumerable().Select(blob => blob.Name.ToString())];
}
