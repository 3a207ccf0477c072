using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>On Azurite, by the account's key.</summary>
public sealed class AzureBlobByKeyTests(AzuriteServer server) : AzureBlobObjectStoreTests(server)
{
    protected override StoreCredentials Credentials => ByKey(AzuriteServer.Key);

    [Fact]
    public async Task A_wrong_key_is_refused_and_repeated_nowhere()
    {
        var wrong = Convert.ToBase64String(new byte[64]);
        await using var store = Open(ByKey(wrong));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        // Azure says AuthenticationFailed, Azurite AuthorizationFailure.
        Assert.True(e.Failure is ObjectStoreFailure.Denied or ObjectStoreFailure.Forbidden, e.Message);
        Assert.Contains(", request ", e.Message);
        Assert.DoesNotContain(wrong, e.ToString());
    }

    [Fact]
    public void A_key_that_is_none_is_refused_without_a_call()
    {
        var e = Assert.Throws<ObjectStoreException>(() => Open(ByKey("no base64!")));

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
        Assert.DoesNotContain("no base64!", e.ToString());
    }

    [Fact]
    public async Task An_address_for_a_node_ends_by_itself()
    {
        await WriteAsync("a", [1]);

        var address = await Store.PresignReadAsync(Bucket, "a", TimeSpan.FromMinutes(5), default);

        Assert.Contains("sp=r&", address!.Query);
        Assert.Contains("se=", address.Query);
    }

    [Fact]
    public Task A_node_s_upload_shows_when_it_is_completed() => Straight.ShowsAndVerifiesWhatIsCompletedAsync();

    [Fact]
    public Task A_node_s_upload_that_is_given_up_leaves_others_of_its_key() =>
        Straight.GivesOneUpWithoutTheOthersOfItsKeyAsync();

    [Fact]
    public Task A_node_s_upload_that_is_given_up_leaves_nothing() => Straight.LeavesNothingOfWhatIsGivenUpAsync();

    [Fact]
    public Task A_node_s_part_that_is_not_what_its_MD5_says_is_refused() =>
        Straight.RefusesAPartThatIsNotWhatItsMd5SaysAsync();

    [Fact]
    public async Task An_address_for_a_node_s_block_writes_one_blob_and_ends_by_itself()
    {
        var presigned = Store.PresignedUploads!;
        var upload = await presigned.BeginAsync(Bucket, "large", SeveralParts, default);

        var addresses = await presigned.PresignAsync(upload, 1, 2, TimeSpan.FromMinutes(5), default);

        Assert.All(addresses, a => Assert.Contains("sr=b&sp=w&", a.Query));
        Assert.All(addresses, a => Assert.Contains("&comp=block&blockid=", a.Query));
        Assert.Equal(2, addresses.Distinct().Count());
    }

    private StraightUploadChecks Straight => new(Store, Bucket, SeveralParts, LeftOversAsync);
}

/// <summary>On Azurite, by a shared access signature.</summary>
public sealed class AzureBlobBySignatureTests(AzuriteServer server) : AzureBlobObjectStoreTests(server)
{
    protected override StoreCredentials Credentials => BySignature(Signature(DateTimeOffset.UtcNow.AddHours(1)));

    [Fact]
    public void A_signature_signs_no_addresses_for_nodes() => Assert.Null(Store.PresignedUploads);

    [Fact]
    public async Task A_users_own_signature_is_not_handed_to_a_node()
    {
        await WriteAsync("a", [1]);

        Assert.Null(await Store.PresignReadAsync(Bucket, "a", TimeSpan.FromMinutes(5), default));
    }

    [Fact]
    public void A_signature_that_has_expired_is_told_so()
    {
        var e = Assert.Throws<ObjectStoreException>(() =>
            Open(BySignature("?" + Signature(DateTimeOffset.UtcNow.AddHours(-1))))
        );

        Assert.Equal("store_denied", ObjectStoreReasons.CodeOf(e.Failure, "data"));
        Assert.Contains("shared access signature has expired", e.Message);
    }

    [Fact]
    public async Task A_signature_without_the_right_to_write_may_not_write()
    {
        await using var store = Open(
            BySignature(Signature(DateTimeOffset.UtcNow.AddHours(1), AccountSasPermissions.Read))
        );
        var upload = await store.BeginUploadAsync(Bucket, "a", 1, default);

        var e = await FailsAsync(() => store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
        Assert.Contains("(AuthorizationPermissionMismatch, request ", e.Message);
    }

    private static string Signature(DateTimeOffset until, AccountSasPermissions permissions = AccountSasPermissions.All)
    {
        var builder = new AccountSasBuilder(permissions, until, AccountSasServices.Blobs, AccountSasResourceTypes.All)
        {
            Protocol = SasProtocol.HttpsAndHttp,
        };
        var key = new StorageSharedKeyCredential(AzuriteServer.Account, AzuriteServer.Key);
        return builder.ToSasQueryParameters(key).ToString();
    }
}

public abstract class AzureBlobObjectStoreTests(AzuriteServer server)
    : ObjectStoreContract,
        IClassFixture<AzuriteServer>
{
    private const long PartBytes = 5 << 20;

    private readonly StoreFixture _stores = new(new StoreOptions { PartBytes = PartBytes });

    protected override long SeveralParts => (2 * PartBytes) + 7;

    protected abstract StoreCredentials Credentials { get; }

    private BlobContainerClient Container => new(server.ConnectionString, Bucket);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _stores.Dispose();
    }

    [Fact]
    public Task Keys_that_are_no_paths_will_do() => TakesKeysThatAreNoPathsAsync("/leading");

    [Fact]
    public async Task An_object_that_was_there_before_stays_when_its_replacement_is_given_up()
    {
        await WriteAsync("kept", "before"u8.ToArray());
        var (upload, _) = await WritePartsAsync("kept", new byte[SeveralParts]);

        await Store.CompleteUploadAsync(upload, null, default);

        var found = await Container.GetBlobClient("kept").DownloadContentAsync();
        Assert.Equal("before", found.Value.Content.ToString());
    }

    protected static StoreCredentials ByKey(string key) =>
        StoreCredentials.Of([
            new(CredentialField.AccountName, new Secret(AzuriteServer.Account)),
            new(CredentialField.AccountKey, new Secret(key)),
        ]);

    protected static StoreCredentials BySignature(string sas) =>
        StoreCredentials.Of([new(CredentialField.SasToken, new Secret(sas))]);

    protected override IObjectStore Open() => Open(Credentials);

    protected IObjectStore Open(StoreCredentials credentials) =>
        _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.AzureBlob,
                Bucket = Bucket,
                Endpoint = server.BlobEndpoint,
            },
            credentials
        );

    protected override async Task MakeBucketAsync() => await Container.CreateAsync();

    protected override async Task<IReadOnlyList<string>> LeftOversAsync()
    {
        // Those with blocks and nothing else are listed only when they are asked for.
        var (all, committed) = (new HashSet<string>(), new HashSet<string>());
        await foreach (var blob in Container.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted }))
        {
            all.Add(blob.Name);
        }
        await foreach (var blob in Container.GetBlobsAsync())
        {
            committed.Add(blob.Name);
        }
        return [.. all.Except(committed)];
    }
}
