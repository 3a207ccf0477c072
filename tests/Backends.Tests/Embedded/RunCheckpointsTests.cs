using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>Checkpoints in a real blob store: the last one committed is whole, whatever came after it.</summary>
public sealed class RunCheckpointsTests : IDisposable
{
    private readonly EmbeddedHome _home = new();
    private readonly RunId _run = RunId.New();

    private RunCheckpoints Checkpoints => new(_home.Blobs, _home.Time);

    [Fact]
    public async Task A_run_begins_without_a_checkpoint() =>
        Assert.Null(await Checkpoints.FindAsync(_run, CancellationToken.None));

    [Fact]
    public async Task A_commit_makes_its_files_the_checkpoint_and_deletes_what_none_of_them_has()
    {
        await CommitAsync(1, await PutAsync("a", "old"), await PutAsync("b", "same"));
        var files = new[] { await PutAsync("a", "new"), await PutAsync("deep/b", "same") };

        Assert.Equal(CheckpointCommitResult.Committed, await CommitAsync(2, files));

        var saved = await Checkpoints.FindAsync(_run, CancellationToken.None);
        Assert.Equal(files, saved!.Files);
        Assert.Equal((2, _home.Time.GetUtcNow()), (saved.Attempt, saved.SavedAt));
        Assert.Equal(files.Select(f => f.Sha256).Order(), await ContentsAsync());
    }

    [Fact]
    public async Task What_was_sent_without_a_commit_changes_nothing()
    {
        var first = await PutAsync("a", "first");
        await CommitAsync(1, first);

        await PutAsync("a", "second");

        Assert.Equal([first], (await Checkpoints.FindAsync(_run, CancellationToken.None))!.Files);
        Assert.Contains(first.Sha256, await ContentsAsync());
    }

    [Fact]
    public async Task A_commit_of_missing_or_cut_content_is_incomplete_and_leaves_the_one_before()
    {
        var first = await PutAsync("a", "first");
        await CommitAsync(1, first);
        var missing = first with { Path = "b", Sha256 = HashOf("never sent") };

        Assert.Equal(CheckpointCommitResult.Incomplete, await CommitAsync(1, first, missing));
        Assert.Equal(CheckpointCommitResult.Incomplete, await CommitAsync(1, first with { Bytes = 6 }));

        Assert.Equal([first], (await Checkpoints.FindAsync(_run, CancellationToken.None))!.Files);
        Assert.Equal([first.Sha256], await ContentsAsync());
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task A_path_that_no_file_can_have_is_invalid(string path)
    {
        var file = await PutAsync("a", "content");

        Assert.Equal(CheckpointCommitResult.Invalid, await CommitAsync(1, file with { Path = path }));
    }

    [Fact]
    public async Task No_files_two_of_one_path_and_what_is_no_SHA_256_are_invalid()
    {
        var file = await PutAsync("a", "content");

        Assert.Equal(CheckpointCommitResult.Invalid, await CommitAsync(1));
        Assert.Equal(CheckpointCommitResult.Invalid, await CommitAsync(1, file, file));
        Assert.Equal(CheckpointCommitResult.Invalid, await CommitAsync(1, file with { Sha256 = "../saved.json" }));
    }

    public void Dispose() => _home.Dispose();

    private Task<CheckpointCommitResult> CommitAsync(int attempt, params CheckpointFile[] files) =>
        Checkpoints.CommitAsync(_run, attempt, new CheckpointCommit { Files = files }, CancellationToken.None);

    private async Task<CheckpointFile> PutAsync(string path, string text)
    {
        var sha256 = HashOf(text);
        Assert.True(RunBlobs.TryCheckpointContent(_run, sha256, out var name));
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await _home.Blobs.PutAsync(name, content, sha256, CancellationToken.None);
        return new CheckpointFile
        {
            Path = path,
            Bytes = content.Length,
            Sha256 = sha256,
            ModifiedAt = _home.Time.GetUtcNow(),
        };
    }

    private async Task<List<string>> ContentsAsync()
    {
        var names = new List<string>();
        var prefix = RunBlobs.CheckpointContentPrefix(_run);
        await foreach (var blob in _home.Blobs.ListAsync(prefix, CancellationToken.None))
        {
            names.Add(blob.Name.ToString()[prefix.Length..]);
        }
        return names;
    }

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
