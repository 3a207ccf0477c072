using Trainyard.Contracts;
using Trainyard.Core.Stores;
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

    [Theory]
    [InlineData(true, "d.zip@1", "d.yaml@2")]
    [InlineData(true, "d.zip@1", "d.json@1", "other.zip@1", "notes.txt@1")]
    [InlineData(true, "d.zip@1", "d.yaml@3", "d.problem.json@2")]
    [InlineData(true, "d.zip@3", "d.yaml@1", "d.run.json@2", "d.problem.json@2")]
    [InlineData(false, "d.zip@1", "d.yaml@1", "d.run.json@1")]
    [InlineData(false, "d.zip@1", "d.yaml@3", "d.problem.json@2", "d.run.json@4")]
    [InlineData(false, "d.zip@1")]
    [InlineData(false, "d.yaml@1", "d.yml@1")]
    [InlineData(false, "d.zip@1", "d.run.json@2")]
    public void A_pair_without_an_answer_as_new_as_both_is_found(bool isFound, params string[] files)
    {
        var names = files.Select(file => file.Split('@')).Select(file => Dropped(file[0], int.Parse(file[1])));

        Assert.Equal(isFound ? [(Jean, "d")] : [], DropNames.Unanswered(names));
    }

    [Fact]
    public void Files_of_two_owners_are_no_pair()
    {
        var ann = Dropped("d.yaml", 1) with { Owner = Owner.Parse("ann") };

        Assert.Empty(DropNames.Unanswered([Dropped("d.zip", 1), ann]));
    }

    private static Owner Jean { get; } = Owner.Parse("jean");

    private static DroppedName Dropped(string name, int second) =>
        new(Jean, name, DateTimeOffset.UnixEpoch.AddSeconds(second));
}
