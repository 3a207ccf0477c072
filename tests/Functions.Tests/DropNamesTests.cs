using Trainyard.Functions.Blobs;

namespace Trainyard.Functions.Tests;

public sealed class DropNamesTests
{
    [Theory]
    [InlineData("digits.zip", "digits")]
    [InlineData("digits.v2.yaml", "digits.v2")]
    [InlineData("digits.yml", "digits")]
    [InlineData("digits.json", "digits")]
    [InlineData("digits.run.json", null)]
    [InlineData("digits.problem.json", null)]
    [InlineData("notes.txt", null)]
    [InlineData("digits", null)]
    public void Archive_and_manifest_share_a_name_and_answers_have_none(string name, string? expected) =>
        Assert.Equal(expected, DropNames.BaseOf(name));
}
