using System.Diagnostics;
using System.Text.RegularExpressions;
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
    [InlineData("images/**", "images/", true)]
    [InlineData("**", "images/deep/a", true)]
    [InlineData("**/**/a", "deep/down/a", true)]
    [InlineData("**/**/a", "a", true)]
    [InlineData("**/a", "deep/ba", false)]
    [InlineData("**/a*/b", "x/a/y/ab/b", true)]
    [InlineData("**/a*/b", "x/a/y/b", false)]
    [InlineData("a**b", "acdb", true)]
    [InlineData("a**b", "ac/db", false)]
    [InlineData("*.csv", ".csv", true)]
    [InlineData("a*a*a", "aa", false)]
    [InlineData("a*a*a", "aaa", true)]
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
    public void Patterns_choose_what_the_same_expressions_do()
    {
        var random = new Random(7);
        var chosen = 0;
        for (var i = 0; i < 4000; i++)
        {
            var pattern = Text(random, "ab/*?", 1, 7).Trim('/');
            var expression = new Regex(ExpressionOf(pattern), RegexOptions.CultureInvariant);
            var selection = Selection(include: [pattern]);
            for (var n = 0; n < 5; n++)
            {
                var name = Text(random, "ab/", 1, 7);
                var isChosen = expression.IsMatch(name);
                chosen += isChosen ? 1 : 0;
                Assert.True(isChosen == selection.NameOf(name) is not null, $"'{pattern}' and '{name}': {!isChosen}");
            }
        }
        Assert.InRange(chosen, 1000, 19000);
    }

    [Fact]
    public void No_pattern_takes_long()
    {
        var selection = Selection(include: [string.Concat(Enumerable.Repeat("*a", 200)) + "b"]);
        var clock = Stopwatch.StartNew();

        Assert.Null(selection.NameOf(new string('a', 1000)));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static string Text(Random random, string letters, int least, int most) =>
        new([.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => letters[random.Next(letters.Length)])]);

    private static string ExpressionOf(string pattern)
    {
        var parts = pattern.Contains('/') ? pattern.Split('/') : ["**", pattern];
        var folders = parts[..^1].Select(part => part == "**" ? "(?:.*/)?" : OfName(part) + "/");
        return $@"\A{string.Concat(folders)}{(pattern.EndsWith("/**") || pattern == "**" ? ".*" : OfName(parts[^1]))}\z";
    }

    private static string OfName(string part) => part.Replace("*", "[^/]*").Replace("?", "[^/]");

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
