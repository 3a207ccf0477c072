using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.ObjectStores.S3;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;
using Owner = Trainyard.Contracts.Owner;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>On a real server: OpenStack Swift with its s3api.</summary>
[OnSwift]
public sealed class S3ObjectStoreTests(SwiftServer server) : ObjectStoreContract, IClassFixture<SwiftServer>
{
    // The least that S3 takes.
    private const long PartBytes = 5 * 1024 * 1024;

    private readonly StoreNetwork _network = new(Options.Create(new StoreOptions()), TimeProvider.System);

    protected override long SeveralParts => (2 * PartBytes) + 7;

    public override Task InitializeAsync() => SwiftServer.Missing is null ? base.InitializeAsync() : Task.CompletedTask;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _network.Dispose();
    }

    [ContractFact]
    public async Task A_wrong_secret_is_denied_and_repeated_nowhere()
    {
        const string Wrong = "not-the-secret-of-this-user";
        await using var store = OpenWith(SampleCredentials.ForAccessKey(server.Owner.AccessKey, Wrong));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
        Assert.False(e.IsTransient);
        Assert.DoesNotContain(Wrong, e.ToString());
        Assert.DoesNotContain(server.Owner.AccessKey, e.ToString());
    }

    [ContractFact]
    public async Task Another_user_of_the_store_is_denied()
    {
        await using var store = OpenWith(
            SampleCredentials.ForAccessKey(server.Stranger.AccessKey, server.Stranger.SecretKey)
        );

        var e = await FailsAsync(() => store.BeginUploadAsync(Bucket, "large", SeveralParts, default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
    }

    [ContractFact]
    public Task Keys_that_are_no_paths_will_do() => TakesKeysThatAreNoPathsAsync();

    // XML cannot hold them: the list has to be asked for in another way.
    [ContractTheory]
    [InlineData("control\u0001 a+b%2B.txt")]
    [InlineData("none\uffff")]
    public Task Keys_that_no_list_can_show_will_do(string key) => TakesKeysThatAreNoPathsAsync(key, "tab\tcr\rline\n");

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_quota_is_told_as_such(bool large)
    {
        using var account = await SwiftAccount.LogInAsync(server);
        foreach (var container in new[] { Bucket, Bucket + "+segments" })
        {
            await account.MakeContainerAsync(container);
            await account.SetHeaderAsync(container, "X-Container-Meta-Quota-Bytes", "50");
        }

        var e = await FailsAsync(() => WriteAsync("full", new byte[large ? SeveralParts : 100]));

        Assert.Equal(ObjectStoreFailure.QuotaFull, e.Failure);
        Assert.Contains("(EntityTooLarge, request tx", e.Message);
    }

    [ContractFact]
    public async Task Who_may_only_read_is_told_so_when_writing()
    {
        using var account = await SwiftAccount.LogInAsync(server);
        await account.SetHeaderAsync(Bucket, "X-Container-Read", "yard:stranger,.rlistings");
        await using var store = OpenWith(
            SampleCredentials.ForAccessKey(server.Stranger.AccessKey, server.Stranger.SecretKey)
        );
        await store.ProbeAsync(Bucket, default);
        var upload = await store.BeginUploadAsync(Bucket, "small", 1, default);

        var e = await FailsAsync(() => store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
        Assert.Contains("(AccessDenied, request tx", e.Message);
    }

    [ContractFact]
    public async Task Writing_into_a_missing_bucket_says_so()
    {
        var upload = await Store.BeginUploadAsync(Bucket + "-not", "small", 1, default);

        var e = await FailsAsync(() => Store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default));

        Assert.Equal(ObjectStoreFailure.BucketNotFound, e.Failure);
    }

    [ContractFact]
    public async Task Nobody_at_the_address_is_worth_another_try()
    {
        await using var store = OpenAt($"http://127.0.0.1:{FreePort.Find()}");

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.True(e.IsTransient);
        Assert.Contains("ConnectionRefused", e.Message);
    }

    [ContractTheory]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://[fe80::1]")]
    [InlineData("http://[::ffff:169.254.169.254]")]
    public async Task A_metadata_service_is_never_asked(string endpoint)
    {
        await using var store = OpenAt(endpoint);

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.AddressForbidden, e.Failure);
        Assert.Contains("may not reach", e.Message);
    }

    [ContractFact]
    public async Task Where_private_addresses_are_off_limits_none_is_asked()
    {
        using var strict = new StoreNetwork(
            Options.Create(new StoreOptions { AllowPrivateEndpoints = false }),
            TimeProvider.System
        );
        await using var store = FactoryOn(strict)
            .Open(Reference(server.Endpoint.ToString()), Credentials(), Owner.Parse("admin"));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.AddressForbidden, e.Failure);
    }

    [ContractFact]
    public async Task The_region_that_the_store_names_is_followed()
    {
        await using var store = FactoryOn(_network)
            .Open(
                Reference(server.Endpoint.ToString()) with
                {
                    Region = "eu-elsewhere-1",
                },
                Credentials(),
                Owner.Parse("admin")
            );

        await store.ProbeAsync(Bucket, default);
        var upload = await store.BeginUploadAsync(Bucket, "followed", 1, default);
        var receipt = await store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default);
        Assert.Equal(1, (await store.CompleteUploadAsync(upload, [receipt], default))!.Bytes);
    }

    [ContractFact]
    public async Task A_cancel_is_a_cancel_and_no_failure_of_the_store()
    {
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ProbeAsync(Bucket, canceled.Token));
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_whose_beginning_was_never_answered_goes_with_the_one_that_is_known(bool isCompleted)
    {
        var (upload, receipts) = await WritePartsAsync("large", new byte[SeveralParts]);
        using var client = new S3Clients(_network).Open(
            Reference(server.Endpoint.ToString()),
            Credentials(),
            server.Region
        );
        await client.InitiateMultipartUploadAsync(Bucket, "large");

        await Store.CompleteUploadAsync(upload, isCompleted ? receipts : null, default);

        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task Parts_that_somebody_without_credentials_puts_become_the_object()
    {
        var content = RandomNumberGenerator.GetBytes((int)SeveralParts);
        var upload = await Presigned.BeginAsync(Bucket, "a b/+%#ü.bin", SeveralParts, default);

        var receipts = await PutPartsAsync(upload, content);
        Assert.DoesNotContain(upload.Key, await KeysAsync());
        var stored = await Store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(SeveralParts, stored!.Bytes);
        await using var read = await Store.OpenReadAsync(Bucket, upload.Key, 0, null, default);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(read));
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task A_presigned_upload_that_is_given_up_takes_nothing_and_leaves_others_of_its_key()
    {
        var first = await Presigned.BeginAsync(Bucket, "large", SeveralParts, default);
        var second = await Presigned.BeginAsync(Bucket, "large", SeveralParts, default);
        var address = (await Presigned.PresignAsync(first, 0, 1, TimeSpan.FromMinutes(1), default))[0];
        await Presigned.GiveUpAsync(first, default);
        await Presigned.GiveUpAsync(first, default);

        Assert.NotEqual(first.UploadId, second.UploadId);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(address, new byte[PartBytes])).StatusCode);
        Assert.Equal(["large"], await LeftOversAsync());
        await Presigned.GiveUpAllAsync(Bucket, "large", default);
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task A_part_that_is_not_what_its_MD5_says_is_refused()
    {
        var upload = await Presigned.BeginAsync(Bucket, "large", SeveralParts, default);
        var address = (await Presigned.PresignAsync(upload, 1, 1, TimeSpan.FromMinutes(1), default))[0];

        var answer = await PutAsync(address, new byte[PartBytes], md5Of: [1]);

        Assert.InRange((int)answer.StatusCode, 400, 422);
        await Presigned.GiveUpAsync(upload, default);
        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public async Task What_fits_into_one_part_has_no_presigned_upload()
    {
        Assert.Null((await Presigned.BeginAsync(Bucket, "small", PartBytes, default)).UploadId);
        Assert.Empty(await LeftOversAsync());
    }

    private IPresignedUploads Presigned => Store.PresignedUploads!;

    private Task<IReadOnlyList<PartReceipt>> PutPartsAsync(ObjectUpload upload, byte[] content) =>
        NodeParts.PutAsync(Presigned, upload, content);

    private Task<HttpResponseMessage> PutAsync(Uri address, byte[] bytes, byte[]? md5Of = null) =>
        NodeParts.PutAsync(Presigned, address, bytes, md5Of);

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await Store.ListAsync(Bucket, "", null, 1000, default)).Objects.Select(o => o.Key)];

    protected override IObjectStore Open() => OpenAt(server.Endpoint.ToString());

    protected override async Task MakeBucketAsync()
    {
        using var client = new S3Clients(_network).Open(
            Reference(server.Endpoint.ToString()),
            Credentials(),
            server.Region
        );
        await client.PutBucketAsync(Bucket);
    }

    protected override async Task<IReadOnlyList<string>> LeftOversAsync()
    {
        using var client = new S3Clients(_network).Open(
            Reference(server.Endpoint.ToString()),
            Credentials(),
            server.Region
        );
        var request = new ListMultipartUploadsRequest { BucketName = Bucket };
        var answer = await client.ListMultipartUploadsAsync(request);
        return [.. (answer.MultipartUploads ?? []).Select(upload => upload.Key)];
    }

    private static ObjectStoreFactory FactoryOn(StoreNetwork network) =>
        new(
            new FileRoots(Path.GetTempPath(), Options.Create(new FileStoreOptions())),
            network,
            Options.Create(new StoreOptions { PartBytes = PartBytes }),
            TimeProvider.System
        );

    private IObjectStore OpenAt(string endpoint) =>
        FactoryOn(_network).Open(Reference(endpoint), Credentials(), Owner.Parse("admin"));

    private IObjectStore OpenWith(StoreCredentials credentials) =>
        FactoryOn(_network).Open(Reference(server.Endpoint.ToString()), credentials, Owner.Parse("admin"));

    private StoreCredentials Credentials() =>
        SampleCredentials.ForAccessKey(server.Owner.AccessKey, server.Owner.SecretKey);

    private DataStoreReference Reference(string endpoint) =>
        new()
        {
            Type = DataStoreType.S3,
            Bucket = Bucket,
            Endpoint = new Uri(endpoint),
            Region = server.Region,
        };
}
