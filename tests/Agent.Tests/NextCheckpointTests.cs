using Trainyard.Agent.Checkpoints;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>Which files a checkpoint has when the command left the folder alone, and when it did not.</summary>
public sealed class NextCheckpointTests
{
    [Fact]
    public void A_quiet_folder_is_saved_as_it_is() =>
        Assert.Equal(["b=2"], Next(["b=2"], ["a=1", "b=1"], isQuiet: true));

    [Fact]
    public void While_files_are_written_those_that_are_gone_stay_beside_the_new_ones() =>
        Assert.Equal(["a=1", "b=2", "c=2"], Next(["b=2", "c=2"], ["a=1", "b=1"], isQuiet: false));

    [Fact]
    public void A_file_where_a_folder_is_now_goes_and_a_folder_where_a_file_is() =>
        Assert.Equal(["a/deep/x=2", "b=2"], Next(["a/deep/x=2", "b=2"], ["a=1", "b/y/z=1"], isQuiet: false));

    private static IEnumerable<string> Next(string[] brought, string[] committed, bool isQuiet) =>
        NextCheckpoint
            .Of(brought.Select(Parse).ToList(), committed.Select(Parse).ToDictionary(f => f.Path), isQuiet)
            .Values.Select(f => $"{f.Path}={f.Sha256}")
            .Order(StringComparer.Ordinal);

    private static CheckpointFile Parse(string text) =>
        new()
        {
            Path = text.Split('=')[0],
            Bytes = 1,
            Sha256 = text.Split('=')[1],
            ModifiedAt = DateTimeOffset.UnixEpoch,
        };
}
