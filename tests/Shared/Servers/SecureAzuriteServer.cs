using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>Azurite over HTTPS, which takes the tokens of identities as well as the account's key.</summary>
public sealed class SecureAzuriteServer : AzuriteServer
{
    private readonly X509Certificate2 _certificate = MakeCertificate();

    protected override string Scheme => "https";

    /// <summary>A client that trusts this server and no other.</summary>
    public HttpClient CreateClient() =>
        new(
            new SocketsHttpHandler
            {
                SslOptions = new()
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown?.GetCertHashString() == _certificate.GetCertHashString(),
                },
            }
        );

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _certificate.Dispose();
    }

    protected override IEnumerable<string> MoreArguments()
    {
        var (shown, key) = (Path.Combine(Folder, "server.pem"), Path.Combine(Folder, "server.key"));
        File.WriteAllText(shown, _certificate.ExportCertificatePem());
        File.WriteAllText(key, _certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return ["--oauth", "basic", "--cert", shown, "--key", key];
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
