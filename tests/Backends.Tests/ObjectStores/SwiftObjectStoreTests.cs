using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>On a real OpenStack Swift, by its own login.</summary>
[OnSwift]
public sealed class SwiftByOwnLoginTests(SwiftServer server) : SwiftObjectStoreTests, IClassFixture<SwiftServer>
{
    protected override string? Missing => SwiftServer.Missing;

    protected override StoreCredentials Credentials => Of(server.Owner);

    protected override DataStoreReference Reference => At(server.SwiftAuthUrl);

    [ContractFact]
    public async Task The_login_is_found_below_the_bare_address()
    {
        await using var store = Stores.Open(At(server.Endpoint), Credentials);

        await store.ProbeAsync(Bucket, default);
    }

    [ContractFact]
    public async Task Another_user_of_the_account_may_not()
    {
        await using var store = Stores.Open(Reference, Of(server.Stranger));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
        Assert.Contains("(403, request tx", e.Message);
    }

    private protected override Task<SwiftAccount> LogInAsync() => SwiftAccount.LogInAsync(server);

    private static StoreCredentials Of(SwiftUser user) =>
        SampleCredentials.ForSwift("http://unused.test", $"{user.Account}:{user.User}", user.Key);
}

public abstract class SwiftObjectStoreTests : ObjectStoreContract
{
    private const long PartBytes = 5 << 20;

    protected abstract string? Missing { get; }

    protected abstract StoreCredentials Credentials { get; }

    protected abstract DataStoreReference Reference { get; }

    protected override long SeveralParts => (2 * PartBytes) + 7;

    private protected StoreFixture Stores { get; } = new(new StoreOptions { PartBytes = PartBytes });

    /// <summary>The account of <see cref="Credentials"/>, seen past the store.</summary>
    private protected SwiftAccount Other { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }
        Other = await LogInAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Other?.Dispose();
        Stores.Dispose();
    }

    [ContractFact]
    public async Task A_wrong_password_is_denied_and_repeated_nowhere()
    {
        const string Wrong = "not-the-password-of-this-user";
        var user = Credentials.Reveal(CredentialField.UserName)!;
        await using var store = Stores.Open(Reference, Changed(CredentialField.Password, Wrong));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
        Assert.Contains("(401, request ", e.Message);
        Assert.DoesNotContain(Wrong, e.ToString());
        Assert.DoesNotContain(user, e.ToString());
    }

    [ContractFact]
    public async Task What_answers_without_a_login_is_told_as_such()
    {
        var elsewhere = Reference with { Endpoint = new Uri(Reference.Endpoint!, "/nobody/here/v3") };
        await using var store = Stores.Open(elsewhere, Credentials);

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.False(e.IsTransient);
        Assert.DoesNotContain(Credentials.Reveal(CredentialField.Password)!, e.ToString());
    }

    [ContractFact]
    public async Task Without_a_key_for_addresses_there_are_none()
    {
        await WriteAsync("a", [1]);

        Assert.Null(await Store.PresignReadAsync(Bucket, "a", TimeSpan.FromMinutes(5), default));
    }

    [ContractTheory]
    [InlineData("plain")]
    [InlineData("folder/a b+c%25&d=e?f#g ümläut 日本語")]
    public async Task With_the_containers_key_an_address_reads_the_object_for_a_while(string key)
    {
        await WriteAsync(key, "content"u8.ToArray());
        await Other.SetHeaderAsync(Bucket, "X-Container-Meta-Temp-URL-Key", "a-key-of-this-test");

        var address = await Store.PresignReadAsync(Bucket, key, TimeSpan.FromMinutes(5), default);

        Assert.Contains("temp_url_expires=", address!.Query);
        using var client = new HttpClient();
        Assert.Equal("content", await client.GetStringAsync(address));
    }

    [ContractFact]
    public async Task A_node_s_upload_shows_when_it_is_completed() =>
        await (await StraightAsync()).ShowsAndVerifiesWhatIsCompletedAsync();

    [ContractFact]
    public async Task A_node_s_upload_that_is_given_up_leaves_others_of_its_key() =>
        await (await StraightAsync()).GivesOneUpWithoutTheOthersOfItsKeyAsync();

    [ContractFact]
    public async Task A_node_s_upload_that_is_given_up_leaves_nothing() =>
        await (await StraightAsync()).LeavesNothingOfWhatIsGivenUpAsync();

    [ContractFact]
    public async Task A_node_s_part_that_is_not_what_its_MD5_says_is_refused() =>
        await (await StraightAsync()).RefusesAPartThatIsNotWhatItsMd5SaysAsync();

    [ContractFact]
    public async Task Without_a_key_for_its_segments_a_node_uploads_nothing()
    {
        var upload = await Store.PresignedUploads!.BeginAsync(Bucket, "large", SeveralParts, default);

        Assert.Null(upload.UploadId);
        Assert.Equal(3, upload.Parts);
    }

    // The key of the account is shared by all tests of the server.
    private async Task<StraightUploadChecks> StraightAsync()
    {
        await Other.MakeContainerAsync(Bucket + "_segments");
        await Other.SetHeaderAsync(Bucket + "_segments", "X-Container-Meta-Temp-URL-Key", "a-key-of-this-test");
        return new StraightUploadChecks(Store, Bucket, SeveralParts, LeftOversAsync);
    }

    [ContractFact]
    public async Task An_object_of_segments_is_listed_with_its_whole_size()
    {
        await WriteAsync("large", new byte[SeveralParts]);

        Assert.Equal(SeveralParts, Assert.Single((await Store.ListAsync(Bucket, "", null, 10, default)).Objects).Bytes);
    }

    [ContractFact]
    public async Task An_object_put_together_by_its_segments_names_is_listed_with_its_whole_size()
    {
        await Other.PutAsync(Bucket, "parts/1", "hello "u8.ToArray());
        await Other.PutAsync(Bucket, "parts/2", "world"u8.ToArray());
        await Other.PutAsync(Bucket, "whole", [], ("X-Object-Manifest", $"{Bucket}/parts/"));
        await Other.PutAsync(Bucket, "nothing", []);

        var listed = (await Store.ListAsync(Bucket, "", null, 10, default)).Objects;

        Assert.Equal(11, listed.Single(o => o.Key == "whole").Bytes);
        Assert.Equal(0, listed.Single(o => o.Key == "nothing").Bytes);
    }

    [ContractFact]
    public async Task Segments_of_what_is_replaced_go()
    {
        await WriteAsync("large", new byte[SeveralParts]);
        var content = new byte[SeveralParts];
        content.AsSpan().Fill(1);

        await WriteAsync("large", content);

        Assert.Empty(await LeftOversAsync());
    }

    [ContractFact]
    public Task Keys_that_are_no_paths_will_do() =>
        TakesKeysThatAreNoPathsAsync("/leading", "control\u0001", "tab\tcr\rline\n", "none\uffff");

    [ContractFact]
    public async Task Writing_into_a_missing_bucket_says_so()
    {
        var upload = await Store.BeginUploadAsync(Bucket + "-not", "small", 1, default);

        var small = await FailsAsync(() => Store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default));
        var large = await FailsAsync(() => Store.BeginUploadAsync(Bucket + "-not", "large", SeveralParts, default));

        Assert.Equal(ObjectStoreFailure.BucketNotFound, small.Failure);
        Assert.Equal(ObjectStoreFailure.BucketNotFound, large.Failure);
        Assert.All([small, large], e => Assert.Contains($"no such bucket (404, request tx", e.Message));
    }

    [ContractFact]
    public async Task A_bucket_that_goes_while_its_segments_are_written_is_told_as_missing()
    {
        var (upload, receipts) = await WritePartsAsync("large", new byte[SeveralParts]);
        await Other.DeleteContainerAsync(Bucket);

        var e = await FailsAsync(() => Store.CompleteUploadAsync(upload, receipts, default));

        Assert.Equal(ObjectStoreFailure.BucketNotFound, e.Failure);
        Assert.Contains("(404, request tx", e.Message);
    }

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_quota_is_told_as_such(bool large)
    {
        foreach (var container in new[] { Bucket, Bucket + "_segments" })
        {
            await Other.MakeContainerAsync(container);
            await Other.SetHeaderAsync(container, "X-Container-Meta-Quota-Bytes", "50");
        }

        var e = await FailsAsync(() => WriteAsync("full", new byte[large ? SeveralParts : 100]));

        Assert.Equal(ObjectStoreFailure.QuotaFull, e.Failure);
        Assert.Contains("(413, request tx", e.Message);
    }

    // What the segments' container and names have beside them leaves these no room.
    [ContractFact]
    public async Task The_longest_names_of_bucket_and_object_do_for_large_ones()
    {
        var bucket = Bucket.PadRight(255, 'b');
        await Other.MakeContainerAsync(bucket);
        var key = new string('k', 1024);
        var upload = await Store.BeginUploadAsync(bucket, key, SeveralParts, default);
        var receipts = new List<PartReceipt>();
        for (var part = 0; part < upload.Parts; part++)
        {
            var bytes = upload.LengthOf(part);
            receipts.Add(await Store.WritePartAsync(upload, part, new MemoryStream(new byte[bytes]), bytes, default));
        }

        var stored = await Store.CompleteUploadAsync(upload, receipts, default);

        Assert.Equal(SeveralParts, stored!.Bytes);
    }

    [ContractTheory]
    [InlineData("../other/object")]
    [InlineData("a/./b")]
    public async Task A_name_that_would_lead_elsewhere_is_refused(string key)
    {
        var upload = await Store.BeginUploadAsync(Bucket, key, 1, default);

        var e = await FailsAsync(() => Store.WritePartAsync(upload, 0, new MemoryStream([1]), 1, default));

        Assert.Equal(ObjectStoreFailure.Invalid, e.Failure);
    }

    private protected abstract Task<SwiftAccount> LogInAsync();

    protected override IObjectStore Open() => Stores.Open(Reference, Credentials);

    protected override Task MakeBucketAsync() => Other.MakeContainerAsync(Bucket);

    // Segments that no object is made of.
    protected override async Task<IReadOnlyList<string>> LeftOversAsync()
    {
        var used = new HashSet<string>();
        foreach (var name in await Other.ListAsync(Bucket))
        {
            used.UnionWith(await Other.SegmentsAsync(Bucket, name));
        }
        var segments = await Other.ListAsync(Bucket + "_segments");
        return [.. segments.Where(segment => !used.Contains($"/{Bucket}_segments/{segment}"))];
    }

    protected StoreCredentials Changed(CredentialField field, string value) =>
        StoreCredentials.Of(
            Credentials
                .Fields.Where(known => known != field)
                .Select(known => KeyValuePair.Create(known, new Secret(Credentials.Reveal(known)!)))
                .Append(KeyValuePair.Create(field, new Secret(value)))
        );

    protected DataStoreReference At(Uri authUrl, string? region = null) =>
        new()
        {
            Type = DataStoreType.Swift,
            Bucket = Bucket,
            Endpoint = authUrl,
            Region = region,
        };
}
