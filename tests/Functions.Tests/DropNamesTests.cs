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
    [InlineData("DIGITS.ZIP", "DIGITS")]
    [InlineData("digits.Yaml", "digits")]
    [InlineData(".hidden.zip", null)]
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

        Assert.Equal(
            isFound ? [(Jean, "d")] : [],
            DropNames.Unanswered(names).Where(d => d.IsPair).Select(d => (d.Folder, d.BaseName))
        );
    }

    [Fact]
    public void A_name_that_leaves_no_room_for_an_answer_has_a_shorter_one_there()
    {
        var longest = new string('x', 249);
        var answer = DropNames.AnswerBase(longest);

        Assert.Equal("d", DropNames.AnswerBase("d"));
        Assert.Equal(209, answer.Length);
        Assert.NotEqual(answer, DropNames.AnswerBase(new string('x', 248)));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(DropNames.AnswerBase(new string('ü', 124))), 1, 242);
        Assert.Empty(
            DropNames.Unanswered([
                Dropped($"{longest}.zip", 1),
                Dropped($"{longest}.yaml", 1),
                Dropped($"{answer}.run.json", 2),
            ])
        );
    }

    [Fact]
    public void Files_of_two_owners_are_no_pair()
    {
        var ann = Dropped("d.yaml", 1) with { Folder = "ann" };

        Assert.All(DropNames.Unanswered([Dropped("d.zip", 1), ann]), d => Assert.False(d.IsPair));
    }

    private const string Jean = "jean";

    private static DroppedName Dropped(string name, int second) =>
        new(Jean, name, DateTimeOffset.UnixEpoch.AddSeconds(second));
}
