using System.Net;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>A store whose certificate an authority has signed that only its connection names: a real TLS server.</summary>
public sealed class OwnAuthoritiesTests : IDisposable
{
    private readonly StoreFixture _stores = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _stores.Dispose();
    }

    [Theory]
    [InlineData(DataStoreType.S3)]
    [InlineData(DataStoreType.Swift)]
    [InlineData(DataStoreType.AzureBlob)]
    public async Task It_is_trusted_where_the_connection_names_the_authority_and_nowhere_else(DataStoreType type)
    {
        using var certificate = _authority.Issue(IPAddress.Loopback);
        await using var server = await ScriptedStore.StartAsync(
            context => ScriptedStore.RefuseAsync(context, 403, "AccessDenied"),
            certificate
        );

        var trusted = await ProbeAsync(type, server, _authority.Pem);
        var asked = server.Requests.Count;
        var without = await ProbeAsync(type, server, authority: null);

        Assert.NotEqual(ObjectStoreFailure.CertificateUntrusted, trusted.Failure);
        Assert.True(asked > 0, "The store was not asked.");
        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, without.Failure);
        Assert.Contains("its certificate is not trusted (issued by 'CN=Authority of a test').", without.Message);
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public async Task Another_authority_does_not_vouch_for_it()
    {
        using var another = new TestAuthority("Another one");
        using var certificate = _authority.Issue(IPAddress.Loopback);
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);

        var refused = await ProbeAsync(DataStoreType.S3, server, another.Pem);

        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, refused.Failure);
        Assert.Contains(
            "(issued by 'CN=Authority of a test'), nor by the manifest's `ca_certificate`.",
            refused.Message
        );
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Of_several_one_is_enough()
    {
        using var another = new TestAuthority("Another one");
        using var certificate = _authority.Issue(IPAddress.Loopback);
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);

        await ProbeAsync(DataStoreType.S3, server, $"{another.Pem}\n{_authority.Pem}");

        Assert.NotEmpty(server.Requests);
    }

    [Theory]
    [InlineData("another name")]
    [InlineData("over")]
    public async Task Its_name_and_its_time_must_be_right_all_the_same(string what)
    {
        using var certificate =
            what == "over"
                ? _authority.Issue(IPAddress.Loopback, DateTimeOffset.UtcNow.AddDays(-1))
                : _authority.Issue(IPAddress.Parse("192.0.2.1"));
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);

        var refused = await ProbeAsync(DataStoreType.S3, server, _authority.Pem);

        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, refused.Failure);
        Assert.Empty(server.Requests);
    }

    // Of a store that answers in no way that counts: whether it was asked at all is the question.
    private async Task<ObjectStoreException> ProbeAsync(DataStoreType type, ScriptedStore server, string? authority)
    {
        var reference = new DataStoreReference
        {
            Type = type,
            Bucket = "datain",
            Endpoint = new Uri($"https://127.0.0.1:{server.Port}"),
            CaCertificate = authority,
        };
        var credentials = type switch
        {
            DataStoreType.S3 => SampleCredentials.ForAccessKey("an-access-key", "its-secret"),
            DataStoreType.Swift => SampleCredentials.ForSwift(reference.Endpoint.OriginalString, "user", "password"),
            _ => StoreCredentials.Of([
                new(CredentialField.AccountName, new Secret("account")),
                new(CredentialField.AccountKey, new Secret("a2V5")),
            ]),
        };
        await using var store = _stores.Open(reference, credentials);
        return await Assert.ThrowsAsync<ObjectStoreException>(async () =>
        {
            await store.ProbeAsync("datain", CancellationToken.None);
            // An empty answer is good enough for some.
            throw new ObjectStoreException(ObjectStoreFailure.Invalid, "It answered.");
        });
    }
}
