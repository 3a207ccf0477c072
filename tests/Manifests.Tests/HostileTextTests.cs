using System.Text;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Tests;

public sealed class HostileTextTests
{
    [Fact]
    public void Too_many_bytes_are_refused() => Refused(new string('#', 65_537), ManifestCodes.TooLarge);

    [Fact]
    public void Too_many_values_are_refused() =>
        Refused($"a: [{string.Join(',', Enumerable.Repeat("x", 5_001))}]", ManifestCodes.TooManyNodes);

    [Fact]
    public void Too_many_aliases_are_refused() =>
        Refused($"a: &x 1\nb: [{string.Join(',', Enumerable.Repeat("*x", 101))}]", ManifestCodes.TooManyAliases);

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Deep_nesting_is_refused(char open) =>
        Refused($"a: {new string(open, 50_000)}", ManifestCodes.TooDeep, ManifestCodes.Syntax);

    [Fact]
    public void Deep_block_nesting_is_refused()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            text.Append(new string(' ', i)).Append("a:\n");
        }

        Refused(text.ToString(), ManifestCodes.TooDeep);
    }

    [Fact]
    public void Limits_are_options() =>
        Refused("a: {b: {c: d}}", new ManifestLimits { MaxDepth = 2 }, ManifestCodes.TooDeep);

    [Fact]
    public void The_list_of_problems_is_bounded()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"k{i}: 1\n"));
        var errors = ManifestParser.Parse(text).Errors;
        Assert.Equal(101, errors.Count);
        Assert.Equal(ManifestCodes.MoreProblems, errors[^1].Code);
    }

    [Fact]
    public void A_message_quotes_only_a_short_printable_piece()
    {
        var text = $"\"{new string('x', 900)}\\u001b[31m\": 1\n";
        Assert.All(
            ManifestParser.Parse(text).Errors,
            e => Assert.True(e.Message.Length < 400 && !e.Message.Any(char.IsControl))
        );
    }

    private static void Refused(string text, params string[] codes) => Refused(text, null, codes);

    private static void Refused(string text, ManifestLimits? limits, params string[] codes)
    {
        var result = ManifestParser.Parse(text, limits);
        Assert.Null(result.Manifest);
        Assert.Contains(result.Errors[0].Code, codes);
    }
}
