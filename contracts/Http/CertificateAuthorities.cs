using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Trainyard.Contracts.Http;

/// <summary>A store's own certificate authorities, trusted for that store in addition to the machine's.</summary>
public sealed class CertificateAuthorities
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection _certificates;

    private CertificateAuthorities(X509Certificate2Collection certificates) => _certificates = certificates;

    public int Count => _certificates.Count;

    /// <summary>Whether one of the certificates is self-signed (a root); without a root no chain is complete.</summary>
    public bool HasRoot => _certificates.Any(IsRoot);

    /// <summary>Reads certificates in PEM; null if there are none, or one is broken.</summary>
    public static CertificateAuthorities? TryRead(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return certificates.Count > 0 ? new CertificateAuthorities(certificates) : null;
    }

    /// <summary>The certificates as PEM, without any text that surrounded them.</summary>
    public string ToPem() => string.Join('\n', _certificates.Select(c => c.ExportCertificatePem()));

    /// <summary>
    /// Whether these authorities vouch for a server's certificate that the machine does not trust. Its name and its
    /// dates must be valid in any case.
    /// </summary>
    public bool VouchFor(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var leaf = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_certificates.Where(IsRoot).ToArray());
        policy.ExtraStore.AddRange(_certificates);
        if (presented is not null)
        {
            policy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        // Private authorities seldom publish revocation lists.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
