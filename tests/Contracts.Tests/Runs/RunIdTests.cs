using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Tests.Runs;

public sealed class RunIdTests
{
    [Fact]
    public void New_ids_parse_and_differ()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => RunId.New()).ToList();
        Assert.All(ids, id => Assert.Equal(id, RunId.Parse(id.ToString())));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("training-DOl4q2LkR", true)]
    [InlineData("training-_-_-_-_-_", true)]
    [InlineData("training-DOl4q2Lk", false)]
    [InlineData("training-DOl4q2LkRR", false)]
    [InlineData("training-DOl4q2Lk/", false)]
    [InlineData("Training-DOl4q2LkR", false)]
    [InlineData("training-DOl4q2LkR\n", false)]
    [InlineData("../training-DOl4q", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_documented_form_is_an_id(string? text, bool expected) =>
        Assert.Equal(expected, RunId.TryParse(text, out _));

    [Fact]
    public void The_same_seed_gives_the_same_id() =>
        Prop.ForAll<byte[]>(seed => RunId.FromSeed(seed) == RunId.FromSeed(seed)).QuickCheckThrowOnFailure();

    [Fact]
    public void Ids_are_json_strings_and_an_unset_id_is_never_printed()
    {
        var id = RunId.New();
        Assert.Equal($"\"{id}\"", JsonSerializer.Serialize(id));
        Assert.Equal(id, JsonSerializer.Deserialize<RunId>($"\"{id}\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RunId>("\"nonsense\""));
        Assert.Throws<InvalidOperationException>(() => default(RunId).ToString());
    }
}
