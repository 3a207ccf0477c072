using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Tests;

/// <summary>What is looked at of the data before a run waits for a node.</summary>
public sealed class DataProbeTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(999, false)]
    [InlineData(4_321, false)]
    [InlineData(25_000, true)]
    public async Task That_no_pattern_fits_anything_is_found_on_later_pages_too(int others, bool mayBe)
    {
        var store = new Listed([.. Enumerable.Range(0, others).Select(i => new StoredObject($"o{i:D6}", 1, null))]);

        Assert.Equal(mayBe, await ProbeAsync(store));
        Assert.Empty(store.Read);
    }

    [Fact]
    public async Task What_a_pattern_chooses_on_a_later_page_is_read()
    {
        var store = new Listed([
            .. Enumerable.Range(0, 3_000).Select(i => new StoredObject($"o{i:D6}", 1, null)),
            new StoredObject("wanted.csv", 1, null),
        ]);

        Assert.True(await ProbeAsync(store));
        Assert.Equal(["wanted.csv"], store.Read);
    }

    [Fact]
    public async Task One_name_that_no_server_or_node_takes_says_nothing_of_the_bucket()
    {
        string[] keys = ["../up.csv", "./a.csv", "/lead.csv", "a/../b.csv", "empty.csv", "good.csv"];
        var store = new Listed([.. keys.Select(key => new StoredObject(key, key == "empty.csv" ? 0 : 1, null))]);

        Assert.True(await ProbeAsync(store));
        Assert.Equal(["good.csv"], store.Read);
    }

    private static Task<bool> ProbeAsync(IObjectStore store) =>
        new DataProbe(
            store,
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = "datain",
                Include = ["**/*.csv"],
            }
        ).HasDataAsync(default);

    private sealed class Listed(IReadOnlyList<StoredObject> objects) : DelegatingObjectStore(inner: null!)
    {
        public List<string> Read { get; } = [];

        public override Task<ObjectPage> ListAsync(
            string bucket,
            string prefix,
            string? continuation,
            int limit,
            CancellationToken cancellationToken
        )
        {
            var from = continuation is null ? 0 : int.Parse(continuation);
            var end = Math.Min(from + limit, objects.Count);
            return Task.FromResult(
                new ObjectPage([.. objects.Skip(from).Take(limit)], end < objects.Count ? $"{end}" : null)
            );
        }

        public override Task<Stream> OpenReadAsync(
            string bucket,
            string key,
            long offset,
            long? length,
            CancellationToken cancellationToken
        )
        {
            Read.Add(key);
            return Task.FromResult<Stream>(new MemoryStream([1]));
        }
    }
}
