using System.Diagnostics;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Tests.Stores;

public sealed class ObjectSelectionTests
{
    [Theory]
    [InlineData("in/a.csv", "a.csv")]
    [InlineData("in/deep/b.csv", "deep/b.csv")]
    [InlineData("in/", null)]
    [InlineData("input.csv", null)]
    [InlineData("other/in/a.csv", null)]
    public void Below_the_prefix_names_are_relative_to_it(string key, string? name) =>
        Assert.Equal(name, Selection(prefix: "in/").NameOf(key));

    [Theory]
    [InlineData("*.csv", "a.csv", true)]
    [InlineData("*.csv", "deep/down/a.csv", true)]
    [InlineData("*.csv", "a.csv.gz", false)]
    [InlineData("*.csv", "a.CSV", false)]
    [InlineData("images/*.png", "images/a.png", true)]
    [InlineData("images/*.png", "images/deep/a.png", false)]
    [InlineData("images/*.png", "more/images/a.png", false)]
    [InlineData("images/**/*.png", "images/a.png", true)]
    [InlineData("images/**/*.png", "images/deep/down/a.png", true)]
    [InlineData("images/**", "images/deep/a", true)]
    [InlineData("images/**", "images", false)]
    [InlineData("**/a", "a", true)]
    [InlineData("set ?.csv", "set 1.csv", true)]
    [InlineData("set ?.csv", "set 12.csv", false)]
    [InlineData("a+(b)[c].txt", "a+(b)[c].txt", true)]
    [InlineData("a.txt", "a-txt", false)]
    [InlineData("*", "line\nend", true)]
    public void Patterns_choose_as_they_are_documented(string pattern, string key, bool isChosen)
    {
        Assert.Equal(isChosen, Selection(include: [pattern]).NameOf(key) is not null);
        Assert.Equal(!isChosen, Selection(exclude: [pattern]).NameOf(key) is not null);
    }

    [Fact]
    public void What_is_excluded_is_so_although_it_is_included()
    {
        var selection = Selection(include: ["*.csv"], exclude: ["*-draft.*"]);

        Assert.NotNull(selection.NameOf("a.csv"));
        Assert.Null(selection.NameOf("a-draft.csv"));
        Assert.Null(selection.NameOf("a.bin"));
    }

    [Fact]
    public void No_pattern_takes_long()
    {
        var selection = Selection(include: [string.Concat(Enumerable.Repeat("*a", 200)) + "b"]);
        var clock = Stopwatch.StartNew();

        Assert.Null(selection.NameOf(new string('a', 1000)));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static ObjectSelection Selection(
        string? prefix = null,
        string[]? include = null,
        string[]? exclude = null
    ) =>
        new(
            new DataStoreReference
            {
                Type = DataStoreType.File,
                Bucket = "bucket",
                Prefix = prefix,
                Include = include ?? [],
                Exclude = exclude ?? [],
            }
        );
}
