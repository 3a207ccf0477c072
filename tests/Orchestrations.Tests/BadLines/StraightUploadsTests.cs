using System.Security.Cryptography;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Orchestrations.Tests.BadLines;

/// <summary>Results that are in the bucket only: the storing completes them, whatever became of the run before.</summary>
public sealed class StraightUploadsTests(SwiftServer swift) : IClassFixture<SwiftServer>, IAsyncLifetime
{
    private const string Large = "plots/large.bin";
    private readonly string _name = $"straight-{Guid.NewGuid():N}";
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(StoringHost.PartBytes + 7);
    private Bucket _bucket = null!;
    private StoringHost _host = null!;

    public async Task InitializeAsync()
    {
        if (SwiftServer.Missing is not null)
        {
            return;
        }
        _bucket = await Bucket.OnS3Async(swift, swift.Endpoint.Port, _name);
        _host = await StoringHost.StartAsync(_bucket.Reference, _bucket.Credentials);
        Assert.True(await NodeUpload.TryAsync(_host, Large, _content, step => step(default)));
        await _host.StageAsync("small.txt", [1]);
    }

    public Task DisposeAsync() => _host?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    [RequiresSwiftFact]
    public async Task The_storing_completes_them_and_counts_and_lists_them()
    {
        await StoreAsync();
        Assert.Null(await _host.CompleteAsync());
        await _host.EndAsync(RunPhase.Completed);

        Assert.Equal(_content, await ReadAsync(Large));
        Assert.Contains(Large, System.Text.Encoding.UTF8.GetString(await ReadAsync("_manifest.json")));
        Assert.Equal(
            (2, _content.Length + 1),
            ((await _host.ResultsAsync())!.Files, (await _host.ResultsAsync())!.Bytes)
        );
        Assert.False(await _host.BucketUploads.AnyAsync(_host.Run, default));
        Assert.Empty(await _bucket.LeftOversAsync());
    }

    [RequiresSwiftFact]
    public async Task A_storing_that_is_canceled_completes_them_and_the_next_one_stores_the_rest()
    {
        await _host.PlanAsync();
        await _host.FailAsync(unstored: true);

        Assert.Equal(_content, await ReadAsync(Large));
        Assert.Empty(await _bucket.LeftOversAsync());

        await _host.ReopenAsync();
        await StoreAsync();
        Assert.Null(await _host.CompleteAsync());
        Assert.Equal(2, (await _host.ResultsAsync())!.Files);
        Assert.Equal([1], await ReadAsync("small.txt"));
    }

    [RequiresSwiftFact]
    public async Task A_bucket_that_was_deleted_has_taken_them_along_and_the_rest_is_stored()
    {
        using var client = await SwiftClient.Login(swift);
        await client.Delete($"{_name}+segments");
        await client.Delete(_name);
        await client.PutContainer(_name);
        await client.PutContainer($"{_name}+segments");

        await StoreAsync();
        var refusal = await _host.CompleteAsync();

        Assert.Equal("store_invalid", refusal?.Code);
        Assert.Contains($"'{Large}'", refusal!.Message);
        Assert.Equal([1], await ReadAsync("small.txt"));
    }

    [RequiresSwiftFact]
    public async Task A_file_that_was_staged_afterwards_is_the_one_that_is_stored()
    {
        await _host.StageAsync(Large, [2, 3]);

        await StoreAsync();
        Assert.Null(await _host.CompleteAsync());
        await _host.EndAsync(RunPhase.Completed);

        Assert.Equal([2, 3], await ReadAsync(Large));
        Assert.Empty(await _bucket.LeftOversAsync());
    }

    [RequiresSwiftFact]
    public async Task A_run_that_stores_nothing_of_its_attempt_leaves_nothing()
    {
        await _host.FailAsync();

        using var client = await SwiftClient.Login(swift);
        Assert.Empty(await client.ListAll(_name, ""));
        Assert.Empty(await _bucket.LeftOversAsync());
    }

    private async Task StoreAsync()
    {
        var units = await _host.PlanAsync();
        for (var unit = 0; unit < units; unit++)
        {
            Assert.Null(await _host.StoreAsync(unit));
        }
    }

    private async Task<byte[]> ReadAsync(string path)
    {
        await using var store = _host.OpenResults();
        await using var read = await store.OpenReadAsync(_name, $"{_host.Run}/{path}", 0, null, default);
        using var content = new MemoryStream();
        await read.CopyToAsync(content);
        return content.ToArray();
    }
}
