using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>What is wrong with an address is told at once, and as what it is.</summary>
public sealed class ConnectingTests : IDisposable
{
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_named_with_its_issuer()
    {
        using var certificate = SelfSigned(DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);

        var e = await ProbeAsync($"https://127.0.0.1:{server.Port}");

        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, e.Failure);
        Assert.False(e.IsTransient);
        Assert.Contains("its certificate is not trusted (self-signed): 'CN=a-store.test'", e.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_told_so()
    {
        using var certificate = SelfSigned(DateTimeOffset.UtcNow.AddDays(-1));
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);

        var e = await ProbeAsync($"https://127.0.0.1:{server.Port}");

        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, e.Failure);
        Assert.Contains("its certificate is valid from", e.Message);
    }

    [Fact]
    public async Task Https_to_a_port_of_http_is_told_so()
    {
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask);

        var e = await ProbeAsync($"https://127.0.0.1:{server.Port}");

        Assert.Equal(ObjectStoreFailure.NotHttps, e.Failure);
        Assert.Contains("does not speak https", e.Message);
    }

    // A server that knows only TLS 1.0 refuses with this alert: fatal, "protocol version".
    [Fact]
    public async Task A_server_of_an_old_tls_is_told_so()
    {
        await using var server = await RawServer.StartAsync([21, 3, 1, 0, 2, 2, 70]);

        var e = await ProbeAsync($"https://127.0.0.1:{server.Port}");

        Assert.Equal("store_tls_failed", ObjectStoreReasons.CodeOf(e.Failure, "data"));
        Assert.False(e.IsTransient);
        Assert.Contains("No TLS connection to the store could be made (", e.Message);
        Assert.Contains("protocol version", e.Message);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_told_so()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(IPAddress.Parse("127.0.0.2"));
        await using var server = await ScriptedStore.StartAsync(_ => Task.CompletedTask, certificate);
        await using var store = _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = "datain",
                Endpoint = new Uri($"https://127.0.0.1:{server.Port}"),
                CaCertificate = authority.Pem,
            },
            SampleCredentials.ForAccessKey("an-access-key", "its-secret")
        );

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(ObjectStoreFailure.CertificateUntrusted, e.Failure);
        Assert.Contains(
            "its certificate is for another name ('CN=a-store.test', issued by 'CN=Authority of a test').",
            e.Message
        );
    }

    [Fact]
    public async Task Http_to_a_port_of_https_is_told_so_where_it_answers_in_tls()
    {
        await using var server = await RawServer.StartAsync([21, 3, 1, 0, 2, 2, 40]);

        var e = await ProbeAsync($"http://127.0.0.1:{server.Port}");

        Assert.Equal(ObjectStoreFailure.NeedsHttps, e.Failure);
        Assert.Contains("use https://", e.Message);
    }

    [Fact]
    public async Task Http_to_a_port_of_https_is_told_so_where_it_answers_in_http()
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync(
                "<html><center>The plain HTTP request was sent to HTTPS port</center></html>"
            );
        });

        var e = await ProbeAsync(server.Address.ToString());

        Assert.Equal(ObjectStoreFailure.NeedsHttps, e.Failure);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_told_so()
    {
        var e = await ProbeAsync("http://no-such-store.invalid");

        Assert.Equal(ObjectStoreFailure.HostNotFound, e.Failure);
        Assert.Contains("'no-such-store.invalid' is not known to DNS", e.Message);
    }

    [Fact]
    public async Task Where_nobody_listens_is_told_so()
    {
        var port = FreePort.Find();

        var e = await ProbeAsync($"http://127.0.0.1:{port}");

        Assert.Equal(ObjectStoreFailure.ConnectionRefused, e.Failure);
        Assert.Contains($"'127.0.0.1:{port}' (ConnectionRefused)", e.Message);
    }

    [Fact]
    public async Task The_machines_own_addresses_are_off_limits_where_private_ones_are()
    {
        using var strict = new StoreFixture(new StoreOptions { AllowPrivateEndpoints = false });
        var own = await Dns.GetHostAddressesAsync(Dns.GetHostName());
        string[] hosts =
        [
            Dns.GetHostName(),
            "localhost",
            .. own.Select(address => new UriBuilder("http", address.ToString()).Uri.Host),
        ];

        foreach (var host in hosts)
        {
            await using var store = strict.OpenS3($"http://{host}:9");
            var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));
            Assert.Equal(ObjectStoreFailure.AddressForbidden, e.Failure);
        }
    }

    private async Task<ObjectStoreException> ProbeAsync(string endpoint)
    {
        await using var store = _stores.OpenS3(endpoint);
        return await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));
    }

    private static X509Certificate2 SelfSigned(DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=a-store.test",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(until.AddDays(-10), until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
