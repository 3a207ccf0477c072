using System.Security.Cryptography;
using System.Text;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every object store does with the user's buckets.</summary>
public abstract class ObjectStoreContract : IAsyncLifetime
{
    private IObjectStore? _store;

    /// <summary>A bucket that exists and is this test's own.</summary>
    protected string Bucket { get; } = "bucket-" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>A size that takes several parts, not all of them full.</summary>
    protected abstract long SeveralParts { get; }

    protected IObjectStore Store => _store ??= Open();

    public virtual Task InitializeAsync() => MakeBucketAsync();

    public virtual Task DisposeAsync() => _store?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    protected abstract IObjectStore Open();

    protected abstract Task MakeBucketAsync();

    [ContractFact]
    public async Task A_bucket_that_exists_passes_the_probe() => await Store.ProbeAsync(Bucket, default);

    [ContractFact]
    public async Task A_missing_bucket_is_named_as_such()
    {
        var e = await FailsAsync(() => Store.ProbeAsync(Bucket + "-not", default));

        Assert.Equal(ObjectStoreFailure.BucketNotFound, e.Failure);
        Assert.False(e.IsTransient);
        Assert.Contains(Bucket + "-not", e.Message);
    }

    [ContractTheory]
    [InlineData("digits.csv")]
    [InlineData("a/b/c.txt")]
    [InlineData("spaces and ümläuts/日本語 +%25&=?#.bin")]
    public async Task What_is_written_can_be_read(string key)
    {
        await WriteAsync(key, "hello"u8.ToArray());

        Assert.Equal("hello", await ReadTextAsync(key));
        Assert.Equal([key], (await ListAsync("", 1000)).Select(o => o.Key));
    }

    [ContractFact]
    public async Task An_empty_object_is_an_object()
    {
        await WriteAsync("empty", []);

        Assert.Equal("", await ReadTextAsync("empty"));
        Assert.Equal(0, Assert.Single(await ListAsync("", 10)).Bytes);
    }

    [ContractTheory]
    [InlineData(0L, 3L, "abc")]
    [InlineData(2L, 3L, "cde")]
    [InlineData(2L, null, "cdefghij")]
    [InlineData(8L, 100L, "ij")]
    [InlineData(10L, null, "")]
    [InlineData(99L, 5L, "")]
    [InlineData(3L, 0L, "")]
    public async Task A_range_is_cut_at_the_end(long offset, long? length, string expected)
    {
        await WriteAsync("letters", "abcdefghij"u8.ToArray());

        Assert.Equal(expected, await ReadTextAsync("letters", offset, length));
    }

    [ContractFact]
    public async Task A_missing_object_is_named_as_such()
    {
        var e = await FailsAsync(() => ReadTextAsync("missing"));

        Assert.Equal(ObjectStoreFailure.ObjectNotFound, e.Failure);
        Assert.False(e.IsTransient);
    }

    [ContractTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Pages_give_every_object_below_the_prefix_once(int limit)
    {
        string[] keys = ["data/a-b", "data/a.txt", "data/a/b", "data/a/c", "data/a0", "database", "other"];
        foreach (var key in keys)
        {
            await WriteAsync(key, Encoding.UTF8.GetBytes(key));
        }

        var listed = await ListAsync("data/", limit);

        Assert.Equal(keys[..5].Order(), listed.Select(o => o.Key).Order());
        Assert.All(listed, o => Assert.Equal(o.Key.Length, o.Bytes));
    }

    [ContractFact]
    public async Task A_large_object_arrives_in_parts_written_in_any_order()
    {
        var content = RandomNumberGenerator.GetBytes((int)SeveralParts);
        var upload = await Store.BeginUploadAsync(Bucket, "large/model.bin", content.Length, default);
        Assert.True(upload.Parts > 1);
        var receipts = new List<PartReceipt>();
        foreach (var part in Enumerable.Range(0, upload.Parts).Reverse())
        {
            receipts.Add(await WritePartAsync(upload, part, content));
        }

        Assert.Empty(await ListAsync("", 10));
        var stored = await Store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(content.Length, stored!.Bytes);
        Assert.Equal(content, await ReadAsync("large/model.bin", 0, null));
        Assert.Equal(content[1000..2000], await ReadAsync("large/model.bin", 1000, 1000));
    }

    [ContractFact]
    public async Task A_part_may_be_written_again_and_another_process_may_finish()
    {
        var content = RandomNumberGenerator.GetBytes((int)SeveralParts);
        var upload = await Store.BeginUploadAsync(Bucket, "again", content.Length, default);
        await WritePartAsync(upload, 0, RandomNumberGenerator.GetBytes(content.Length));
        var receipts = new List<PartReceipt>();
        await using (var other = Open())
        {
            for (var part = 0; part < upload.Parts; part++)
            {
                receipts.Add(await WritePartAsync(upload, part, content, other));
            }
        }

        await Store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(content, await ReadAsync("again", 0, null));
    }

    [ContractFact]
    public async Task An_upload_that_is_begun_again_leaves_no_second_one_behind()
    {
        var content = RandomNumberGenerator.GetBytes((int)SeveralParts);
        var lost = await Store.BeginUploadAsync(Bucket, "begun-twice", content.Length, default);
        await WritePartAsync(lost, 0, new byte[content.Length]);

        await WriteAsync("begun-twice", content);

        Assert.Equal(content, await ReadAsync("begun-twice", 0, null));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completing_twice_is_completing_once(bool large)
    {
        var content = RandomNumberGenerator.GetBytes(large ? (int)SeveralParts : 100);
        var (upload, receipts) = await WritePartsAsync("twice", content);

        var first = await Store.CompleteUploadAsync(upload, receipts, default);
        var second = await Store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(first, second);
        Assert.Equal(content, await ReadAsync("twice", 0, null));
    }

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_and_completed_may_be_written_and_completed_again(bool large)
    {
        var content = RandomNumberGenerator.GetBytes(large ? (int)SeveralParts : 100);
        var (upload, _) = await WritePartsAsync("repeated", content);

        for (var time = 0; time < 2; time++)
        {
            var receipts = new List<PartReceipt>();
            for (var part = 0; part < upload.Parts; part++)
            {
                receipts.Add(await WritePartAsync(upload, part, content));
            }
            Assert.Equal(content.Length, (await Store.CompleteUploadAsync(upload, receipts, default))!.Bytes);
            await Store.CompleteUploadAsync(upload, receipts, default);
        }

        Assert.Equal(content, await ReadAsync("repeated", 0, null));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task An_upload_of_one_part_that_is_only_begun_leaves_nothing()
    {
        await Store.BeginUploadAsync(Bucket, "planned", 100, default);

        Assert.Empty(await ListAsync("", 10));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_given_up_leaves_nothing(bool large)
    {
        var (upload, _) = await WritePartsAsync("given-up", new byte[large ? (int)SeveralParts : 100]);
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        Assert.Null(await Store.CompleteUploadAsync(upload, null, canceled.Token));
        Assert.Null(await Store.CompleteUploadAsync(upload, null, default));

        Assert.Empty(await ListAsync("", 10));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task What_was_completed_before_it_is_given_up_stays()
    {
        var content = RandomNumberGenerator.GetBytes((int)SeveralParts);
        var (upload, receipts) = await WritePartsAsync("completed", content);
        await Store.CompleteUploadAsync(upload, receipts, default);

        await Store.CompleteUploadAsync(upload, null, default);

        Assert.Equal(content, await ReadAsync("completed", 0, null));
    }

    [ContractFact]
    public async Task A_content_that_ends_early_fails_and_shows_nothing()
    {
        var upload = await Store.BeginUploadAsync(Bucket, "short", 100, default);

        var e = await FailsAsync(() => Store.WritePartAsync(upload, 0, new MemoryStream(new byte[99]), 100, default));

        Assert.True(e.IsTransient);
        Assert.Empty(await ListAsync("", 10));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task An_upload_does_not_complete_without_all_its_parts()
    {
        var (upload, receipts) = await WritePartsAsync("missing-part", new byte[(int)SeveralParts]);

        await FailsAsync(() => Store.CompleteUploadAsync(upload, [.. receipts.Skip(1)], default));

        Assert.Empty(await ListAsync("", 10));
    }

    [ContractFact]
    public async Task A_stream_that_cannot_be_read_twice_will_do()
    {
        var content = RandomNumberGenerator.GetBytes(5000);
        var upload = await Store.BeginUploadAsync(Bucket, "stream", content.Length, default);
        await using var once = new ReadOnceStream(content);

        var receipt = await Store.WritePartAsync(upload, 0, once, content.Length, default);
        await Store.CompleteUploadAsync(upload, [receipt], default);

        Assert.Equal(content, await ReadAsync("stream", 0, null));
    }

    [ContractFact]
    public async Task A_later_object_replaces_the_one_before()
    {
        await WriteAsync("key", "old and long"u8.ToArray());
        await WriteAsync("key", "new"u8.ToArray());

        Assert.Equal("new", await ReadTextAsync("key"));
    }

    [ContractFact]
    public async Task An_address_without_credentials_reads_the_object()
    {
        await WriteAsync("folder/a b.txt", "content"u8.ToArray());

        var address = await Store.PresignReadAsync(Bucket, "folder/a b.txt", TimeSpan.FromMinutes(5), default);

        if (address is null)
        {
            return;
        }
        using var client = new HttpClient();
        Assert.Equal("content", await client.GetStringAsync(address));
    }

    [ContractFact]
    public async Task An_address_gives_ranges_of_one_version_and_names_it_as_the_list_does()
    {
        await WriteAsync("ranges", "0123456789"u8.ToArray());
        var listed = (await Store.ListAsync(Bucket, "ranges", null, 1, default)).Objects.Single();
        if (await Store.PresignReadAsync(Bucket, "ranges", TimeSpan.FromMinutes(5), default) is not { } address)
        {
            return;
        }
        using var client = new HttpClient();

        using var whole = await client.GetAsync(address);
        var tag = whole.Headers.NonValidated["ETag"].ToString();
        using var part = await GetAsync(client, address, tag);
        using var other = await GetAsync(client, address, "\"of another version\"");

        Assert.Equal(listed.Checksum, tag.Trim('"'));
        Assert.Equal(System.Net.HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("345", await part.Content.ReadAsStringAsync());
        Assert.Equal(3, part.Content.Headers.ContentRange!.From);
        Assert.Equal(10, part.Content.Headers.ContentRange.Length);
        Assert.Equal(System.Net.HttpStatusCode.PreconditionFailed, other.StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address, string tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = new(3, 5);
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return client.SendAsync(request);
    }

    /// <summary>Keys that a folder could not hold, all at once: each is listed and read as it is, also by an address.</summary>
    protected async Task TakesKeysThatAreNoPathsAsync(params string[] more)
    {
        string[] keys =
        [
            "double//slash",
            "folder/",
            "folder/below",
            "100%41 a+b#c?d&e=f.txt",
            "ünï/日本\ud83d\ude82",
            .. more,
        ];
        foreach (var key in keys)
        {
            await WriteAsync(key, Encoding.UTF8.GetBytes(key));
        }
        using var client = new HttpClient();

        Assert.Equal(keys.Order(), (await ListAsync("", 2)).Select(o => o.Key).Order());
        foreach (var key in keys)
        {
            Assert.Equal(key, await ReadTextAsync(key));
            if (await Store.PresignReadAsync(Bucket, key, TimeSpan.FromMinutes(5), default) is { } address)
            {
                Assert.Equal(key, await client.GetStringAsync(address));
            }
        }
    }

    protected async Task WriteAsync(string key, byte[] content)
    {
        var (upload, receipts) = await WritePartsAsync(key, content);
        await Store.CompleteUploadAsync(upload, receipts, default);
    }

    protected static Task<ObjectStoreException> FailsAsync(Func<Task> work) =>
        Assert.ThrowsAsync<ObjectStoreException>(work);

    /// <summary>What the store keeps of uploads that were not completed.</summary>
    protected abstract Task<IReadOnlyList<string>> LeftOversAsync();

    protected async Task<(ObjectUpload, List<PartReceipt>)> WritePartsAsync(string key, byte[] content)
    {
        var upload = await Store.BeginUploadAsync(Bucket, key, content.Length, default);
        var receipts = new List<PartReceipt>();
        for (var part = 0; part < upload.Parts; part++)
        {
            receipts.Add(await WritePartAsync(upload, part, content));
        }
        return (upload, receipts);
    }

    private async Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        byte[] content,
        IObjectStore? by = null
    )
    {
        var length = upload.LengthOf(part);
        using var stream = new MemoryStream(content, (int)(part * upload.PartBytes), (int)length);
        return await (by ?? Store).WritePartAsync(upload, part, stream, length, default);
    }

    private async Task<List<StoredObject>> ListAsync(string prefix, int limit)
    {
        var all = new List<StoredObject>();
        string? continuation = null;
        do
        {
            var page = await Store.ListAsync(Bucket, prefix, continuation, limit, default);
            Assert.True(page.Objects.Count <= limit);
            all.AddRange(page.Objects);
            continuation = page.Continuation;
        } while (continuation is not null);
        return all;
    }

    private async Task<string> ReadTextAsync(string key, long offset = 0, long? length = null) =>
        Encoding.UTF8.GetString(await ReadAsync(key, offset, length));

    private async Task<byte[]> ReadAsync(string key, long offset, long? length)
    {
        await using var content = await Store.OpenReadAsync(Bucket, key, offset, length, default);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
