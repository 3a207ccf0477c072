using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>On a real OpenStack Swift, by a real Keystone's third version: the manifests of 2017.</summary>
[OnKeystone]
public sealed class SwiftByKeystoneTests(KeystoneSwiftServer server)
    : SwiftObjectStoreTests,
        IClassFixture<KeystoneSwiftServer>
{
    protected override string? Missing => KeystoneSwiftServer.Missing;

    protected override StoreCredentials Credentials => Of(server.Owner.Name, KeystoneSwiftServer.Domain);

    protected override DataStoreReference Reference => At(server.AuthUrl, KeystoneSwiftServer.Region);

    [ContractTheory]
    [InlineData("")]
    [InlineData("v2.0")]
    [InlineData("v3/")]
    public async Task The_login_is_found_whatever_version_the_address_names(string path)
    {
        await using var store = Stores.Open(
            Reference with
            {
                Endpoint = new Uri(server.AuthUrl, "/" + path),
            },
            Credentials
        );

        await store.ProbeAsync(Bucket, default);
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData(KeystoneSwiftServer.Domain)]
    public async Task A_users_id_will_do_for_the_name(string? domain)
    {
        await using var store = Stores.Open(Reference, Of(server.Owner.Id, domain));

        await store.ProbeAsync(Bucket, default);
    }

    [ContractFact]
    public async Task Without_a_region_the_reason_names_those_that_there_are()
    {
        await using var store = Stores.Open(Reference with { Region = null }, Credentials);

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.WrongRegion, e.Failure);
        Assert.Contains("'north'", e.Message);
        Assert.Contains("'south'", e.Message);
    }

    [ContractFact]
    public async Task A_project_that_is_not_the_users_is_denied()
    {
        await using var store = Stores.Open(Reference, Changed(CredentialField.ProjectId, new string('0', 32)));

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.Denied, e.Failure);
    }

    [ContractFact]
    public async Task A_user_of_the_project_without_a_role_for_it_may_not()
    {
        await using var store = Stores.Open(
            Reference,
            Of(server.Stranger.Name, KeystoneSwiftServer.Domain, server.Stranger.Password)
        );

        var e = await FailsAsync(() => store.ProbeAsync(Bucket, default));

        Assert.Equal(ObjectStoreFailure.Forbidden, e.Failure);
    }

    private protected override async Task<SwiftAccount> LogInAsync() => new(server.Account, await server.LogInAsync());

    private StoreCredentials Of(string user, string? domain, string? password = null) =>
        SampleCredentials.ForSwift(
            server.AuthUrl.ToString(),
            user,
            password ?? server.Owner.Password,
            server.ProjectId,
            domain
        );
}
