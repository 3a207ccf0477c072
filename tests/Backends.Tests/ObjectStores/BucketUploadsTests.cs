using System.Net;
using System.Security.Cryptography;
using Trainyard.Backends.Tests.Embedded;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>Uploads of nodes straight into a bucket, on a real S3 server: whatever dies, nothing is left and nothing is overwritten.</summary>
public sealed class BucketUploadsTests(SwiftServer server) : IClassFixture<SwiftServer>, IAsyncLifetime
{
    private const string Path = "results/large.bin";
    private const int PartBytes = 5 << 20;
    private const int Bytes = PartBytes + 7;

    private readonly StoreFixture _stores = new(new() { PartBytes = PartBytes });
    private readonly string _bucket = $"uploads-{Guid.NewGuid():N}";
    private readonly EmbeddedHome _home = new();
    private IObjectStore _store = null!;
    private BucketUploads _uploads = null!;
    private TrainingRun _run = null!;

    public async Task InitializeAsync()
    {
        if (SwiftServer.Missing is not null)
        {
            return;
        }
        _uploads = new BucketUploads(_home.Blobs);
        var reference = new DataStoreReference
        {
            Type = DataStoreType.S3,
            Bucket = _bucket,
            Endpoint = server.Endpoint,
            Region = server.Region,
        };
        _store = _stores.Open(
            reference,
            SampleCredentials.ForAccessKey(server.Owner.AccessKey, server.Owner.SecretKey)
        );
        var sample = SampleRuns.New();
        _run = sample with { Manifest = sample.Manifest with { TrainingResults = reference } };
        using var swift = await SwiftClient.Login(server);
        await swift.PutContainer(_bucket);
    }

    public async Task DisposeAsync()
    {
        if (SwiftServer.Missing is null)
        {
            await _store.DisposeAsync();
        }
        _stores.Dispose();
        _home.Dispose();
    }

    [RequiresSwiftFact]
    public async Task What_an_attempt_has_uploaded_whole_is_completed_at_the_end_and_what_it_has_not_is_given_up()
    {
        var content = RandomNumberGenerator.GetBytes(Bytes);
        await UploadAsync(attempt: 1, Path, content);
        await BeginAsync(attempt: 1, "results/half.bin");

        await _uploads.SettleAsync(_run, kept: 1, _store, default);
        await _uploads.SettleAsync(_run, kept: 1, _store, default);

        Assert.Equal([$"{_run.Id}/{Path}"], await KeysAsync());
        await using var read = await _store.OpenReadAsync(_bucket, $"{_run.Id}/{Path}", 0, null, default);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
        Assert.Empty(await SegmentsOfUnfinishedAsync());
    }

    [RequiresSwiftFact]
    public async Task A_node_that_lost_its_lease_changes_nothing_of_the_next_attempt()
    {
        var (stale, staleAddress) = await BeginAsync(attempt: 1, Path);
        await PutAsync(staleAddress, new byte[PartBytes]);
        var content = RandomNumberGenerator.GetBytes(Bytes);
        var fresh = await UploadAsync(attempt: 2, Path, content);

        using var late = await PutAsync(staleAddress, new byte[PartBytes]);
        await _uploads.SettleAsync(_run, kept: 2, _store, default);

        Assert.NotEqual(stale.Upload.UploadId, fresh.Upload.UploadId);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.False(await _uploads.TryCommitAsync(_run.Id, 1, CommitOf([]), default));
        await using var read = await _store.OpenReadAsync(_bucket, $"{_run.Id}/{Path}", 0, null, default);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
        Assert.Empty(await SegmentsOfUnfinishedAsync());
    }

    [RequiresSwiftFact]
    public async Task A_run_without_anything_to_keep_leaves_nothing()
    {
        await UploadAsync(attempt: 1, Path, new byte[Bytes]);
        var (_, address) = await BeginAsync(attempt: 1, "results/half.bin");
        await PutAsync(address, new byte[PartBytes]);

        await _uploads.SettleAsync(_run, kept: null, _store, default);

        Assert.Empty(await KeysAsync());
        Assert.Empty(await SegmentsOfUnfinishedAsync());
        Assert.False(await _uploads.AnyAsync(_run.Id, default));
    }

    [RequiresSwiftFact]
    public async Task A_begin_that_is_repeated_is_the_same_upload_and_of_another_length_another_one()
    {
        var (first, _) = await BeginAsync(attempt: 1, Path);
        var (again, _) = await BeginAsync(attempt: 1, Path);
        var longer = await _uploads.BeginAsync(_run, 1, Path, Bytes + 1, _store.PresignedUploads!, default);

        Assert.Equal(first.Upload, again.Upload);
        Assert.NotEqual(first.Upload.UploadId, longer!.Upload.UploadId);
        Assert.False(await _uploads.TryCommitAsync(_run.Id, 1, CommitOf(new byte[Bytes]), default));
        await _uploads.SettleAsync(_run, kept: null, _store, default);
        Assert.Empty(await SegmentsOfUnfinishedAsync());
    }

    [RequiresSwiftFact]
    public async Task An_upload_whose_id_nobody_could_write_down_is_given_up()
    {
        await Assert.ThrowsAsync<IOException>(() =>
            _uploads.BeginAsync(_run, 1, Path, Bytes, new DyingUploads(_store.PresignedUploads!), default)
        );
        Assert.NotEmpty(await SegmentsOfUnfinishedAsync());

        await _uploads.SettleAsync(_run, kept: 1, _store, default);

        Assert.Empty(await SegmentsOfUnfinishedAsync());
    }

    private async Task<(BucketUpload Upload, Uri Address)> BeginAsync(int attempt, string path)
    {
        var upload = await _uploads.BeginAsync(_run, attempt, path, Bytes, _store.PresignedUploads!, default);
        var addresses = await _store.PresignedUploads!.PresignAsync(
            upload!.Upload,
            0,
            1,
            TimeSpan.FromMinutes(5),
            default
        );
        return (upload, addresses[0]);
    }

    private async Task<BucketUpload> UploadAsync(int attempt, string path, byte[] content)
    {
        var upload = await _uploads.BeginAsync(_run, attempt, path, Bytes, _store.PresignedUploads!, default);
        var addresses = await _store.PresignedUploads!.PresignAsync(
            upload!.Upload,
            0,
            2,
            TimeSpan.FromMinutes(5),
            default
        );
        for (var part = 0; part < 2; part++)
        {
            using var answer = await PutAsync(addresses[part], PartOf(content, part));
            answer.EnsureSuccessStatusCode();
        }
        Assert.True(await _uploads.TryCommitAsync(_run.Id, attempt, CommitOf(content, path), default));
        return upload;
    }

    private static byte[] PartOf(byte[] content, int part) =>
        part == 0 ? content[..Math.Min(content.Length, PartBytes)] : content[Math.Min(content.Length, PartBytes)..];

    private static BucketUploadCommit CommitOf(byte[] content, string path = Path) =>
        new()
        {
            Path = path,
            Bytes = Bytes,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Parts =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(part =>
                        Convert.ToHexStringLower(
                            CryptographicOperations.HashData(HashAlgorithmName.MD5, PartOf(content, part))
                        )
                    )
                    .Select(md5 => new BucketPart(md5, md5)),
            ],
        };

    private static async Task<HttpResponseMessage> PutAsync(Uri address, byte[] bytes)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent(bytes);
        return await http.PutAsync(address, body);
    }

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await _store.ListAsync(_bucket, "", null, 1000, default)).Objects.Select(o => o.Key)];

    // Swift keeps an upload as a marker and its parts behind it, in a container of its own; those of objects stay.
    private async Task<IReadOnlyList<string>> SegmentsOfUnfinishedAsync()
    {
        using var swift = await SwiftClient.Login(server);
        var objects = (await KeysAsync()).ToHashSet();
        var segments = await swift.List($"{_bucket}+segments");
        return [.. segments.Where(name => !objects.Any(key => name.StartsWith(key + "/", StringComparison.Ordinal)))];
    }

    /// <summary>Begins an upload and dies before it can say which.</summary>
    private sealed class DyingUploads(IPresignedUploads inner) : IPresignedUploads
    {
        public async Task<ObjectUpload> BeginAsync(
            string bucket,
            string key,
            long size,
            CancellationToken cancellationToken
        )
        {
            await inner.BeginAsync(bucket, key, size, cancellationToken);
            throw new IOException("Killed.");
        }

        public Task<IReadOnlyList<Uri>> PresignAsync(
            ObjectUpload upload,
            int first,
            int count,
            TimeSpan expiry,
            CancellationToken cancellationToken
        ) => inner.PresignAsync(upload, first, count, expiry, cancellationToken);

        public Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken) =>
            inner.GiveUpAsync(upload, cancellationToken);

        public Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken) =>
            inner.GiveUpAllAsync(bucket, key, cancellationToken);
    }
}
