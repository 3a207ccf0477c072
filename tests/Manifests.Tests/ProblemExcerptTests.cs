using Trainyard.Manifests.Excerpts;

namespace Trainyard.Manifests.Tests;

public sealed class ProblemExcerptTests
{
    [Fact]
    public void The_caret_stands_under_the_place() =>
        Assert.Equal(
            "    2 |   name: flowers\n      |         ^",
            Render("model_definition:\n  name: flowers\n", 2, 9)
        );

    [Theory]
    [InlineData("c:\n  connection:\n    password: hunter2\n", 3, 15)]
    [InlineData("c:\n  connection:\n    pasword: hunter2 # was hunter2\n", 3, 5)]
    [InlineData("c:\n  secret_access_key: hunter2\n", 2, 3)]
    [InlineData("{\"connection\": {\"userId\": \"u\", \"password\": \"hunter2\", \"x\": 1}}", 1, 45)]
    [InlineData("connection:\n  password: >\n    hunter2\n    hunter2\n", 4, 5)]
    [InlineData("connection:\n  password: hunter2\n  password: hunter2\n", 3, 3)]
    [InlineData("connection:\n  endpoint_url: https://me:hunter2@host\n", 2, 17)]
    [InlineData("connection: [hunter2, {a: hunter2}]\n", 1, 14)]
    [InlineData("a: [\nsecret_access_key: hunter2\n", 2, 20)]
    [InlineData("a: \"\n  hunter2\n", 2, 3)]
    [InlineData("\tpassword: hunter2\n", 1, 1)]
    [InlineData("env:\n  HARMLESS: hunter2\n", 2, 3)]
    public void A_secret_is_masked_wherever_it_stands(string text, int line, int column)
    {
        var excerpt = Render(text, line, column);
        Assert.DoesNotContain("hunter2", excerpt);
        Assert.Contains("***", excerpt);
    }

    [Fact]
    public void A_placeholder_a_reference_and_an_address_are_shown()
    {
        const string Text =
            "connection: {endpoint_url: https://s3.example.com, password: <password>, user_name: '${env:ME}'}";
        Assert.Contains(Text[..60], Render(Text, 1, 1));
        Assert.DoesNotContain("***", Render(Text, 1, 1));
    }

    [Fact]
    public void The_caret_follows_when_a_mask_before_it_is_shorter() =>
        Assert.Equal(
            "    1 | connection: {password: ***, ***: ***}\n      |                             ^",
            Render("connection: {password: a-very-long-secret, bad: x}", 1, 44)
        );

    [Fact]
    public void A_long_line_is_cut_around_the_place()
    {
        var excerpt = Render($"name: {new string('x', 500)}Y{new string('z', 500)}", 1, 507);
        var lines = excerpt.Split('\n');
        Assert.True(lines[0].Length < 120);
        Assert.Equal('Y', lines[0][lines[1].IndexOf('^')]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 1)]
    [InlineData(2, 1)]
    public void A_place_without_text_gives_nothing(int line, int column) =>
        Assert.Equal("", Render("a: b\n\n", line, column));

    [Fact]
    public void Control_characters_never_reach_the_terminal() =>
        Assert.DoesNotContain('\u001B', Render("name: \u001B[31m", 1, 1));

    private static string Render(string text, int line, int column) =>
        ProblemExcerpt.Render(text, new("code", "Message.", "path", line, column));
}
