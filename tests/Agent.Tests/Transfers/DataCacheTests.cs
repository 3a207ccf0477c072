using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Agent.Transfers;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>The bounds of the cache, and what makes two contents one.</summary>
public sealed class DataCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void What_was_longest_unused_goes_first_and_runs_keep_theirs()
    {
        var cache = Open(most: 100);
        foreach (var name in (string[])["a", "b", "c"])
        {
            Keep(cache, name, 30);
        }
        Assert.True(cache.TryShare(Key("a", 30), _folder.File("of-a-run"), byLink: true));
        _time.Advance(TimeSpan.FromMinutes(1));

        Keep(cache, "d", 30);

        Assert.False(Holds(cache, "b", 30));
        Assert.True(Holds(cache, "a", 30));
        Assert.True(Holds(cache, "c", 30));
        Assert.True(Holds(cache, "d", 30));
        Assert.True(File.Exists(_folder.File("b")));
    }

    [Fact]
    public void What_is_larger_than_the_cache_is_not_kept()
    {
        var cache = Open(most: 100);

        Keep(cache, "a", 101);

        Assert.False(Holds(cache, "a", 101));
    }

    [Fact]
    public void A_file_that_was_written_to_is_thrown_away()
    {
        var cache = Open(most: 1000);
        Keep(cache, "a", 10);
        var file = _folder.File("a");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, "ten bytes!");

        Assert.False(Holds(cache, "a", 10));
    }

    [Fact]
    public void Another_agent_finds_it_and_one_without_a_cache_clears_it()
    {
        Keep(Open(most: 1000), "a", 10);

        Assert.True(Holds(Open(most: 1000), "a", 10));
        Open(most: 0);
        Assert.False(Holds(Open(most: 1000), "a", 10));
    }

    [Fact]
    public void Room_is_made_until_there_is_enough_or_nothing_is_left()
    {
        var cache = Open(most: 1000);
        Keep(cache, "a", 10);

        cache.MakeRoom(_folder.Path, 0);
        Assert.True(Holds(cache, "a", 10));
        cache.MakeRoom(_folder.Path, long.MaxValue);

        Assert.False(Holds(cache, "a", 10));
        Assert.True(cache.IsEmpty);
    }

    [Fact]
    public void Address_version_and_size_make_a_content()
    {
        const string Md5 = "0123456789abcdef0123456789abcdef";
        var key = CacheKey.Of(Item("http://store/bucket/key?signature=1", Md5, 5), null, "owner");

        Assert.NotNull(key);
        Assert.Equal(key, CacheKey.Of(Item("http://store/bucket/key?signature=2", Md5, 5), null, "another"));
        Assert.NotEqual(key, CacheKey.Of(Item("http://store/bucket/other?signature=1", Md5, 5), null, "owner"));
        Assert.NotEqual(key, CacheKey.Of(Item("http://store/bucket/key?signature=1", Md5 + "-2", 5), null, "owner"));
        Assert.NotEqual(key, CacheKey.Of(Item("http://store/bucket/key?signature=1", Md5, 6), null, "owner"));
        Assert.NotEqual(key, CacheKey.Of(Item("http://store/bucket/key?signature=1", Md5, 5), "authority", "owner"));
        Assert.NotEqual(
            CacheKey.Of(Item("http://store/bucket/key", "0x8D", 5), null, "owner"),
            CacheKey.Of(Item("http://store/bucket/key", "0x8D", 5), null, "another")
        );
        Assert.Null(CacheKey.Of(Item("agents/v1/data/content?key=x", Md5, 5), null, "owner"));
        Assert.Null(CacheKey.Of(Item("http://store/bucket/key", null, 5), null, "owner"));
    }

    public void Dispose() => _folder.Dispose();

    private DataCache Open(long most)
    {
        var cache = new DataCache(_folder.File("cache"), most, _time, NullLogger.Instance);
        cache.Open();
        return cache;
    }

    private void Keep(DataCache cache, string name, int bytes)
    {
        var file = _folder.File(name);
        File.WriteAllBytes(file, new byte[bytes]);
        File.SetLastAccessTimeUtc(file, _time.GetUtcNow().UtcDateTime);
        cache.Keep(Key(name, bytes), file, byLink: true);
        _time.Advance(TimeSpan.FromMinutes(1));
    }

    private bool Holds(DataCache cache, string name, int bytes) =>
        cache.TryShare(Key(name, bytes), _folder.File(Guid.NewGuid().ToString("N")), byLink: true);

    private static CacheKey Key(string name, int bytes) =>
        CacheKey.Of(Item($"http://store/{name}", "0123456789abcdef0123456789abcdef", bytes), null, "")!;

    private static DataObject Item(string url, string? version, long bytes) =>
        new()
        {
            Key = "key",
            Url = url,
            Bytes = bytes,
            Version = version,
        };
}
