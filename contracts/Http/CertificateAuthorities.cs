using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Trainyard.Contracts.Http;

/// <summary>Authorities of a store's own, trusted for that store beside those that the machine trusts.</summary>
public sealed class CertificateAuthorities
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection _certificates;

    private CertificateAuthorities(X509Certificate2Collection certificates) => _certificates = certificates;

    public int Count => _certificates.Count;

    /// <summary>Whether one of them vouches for itself: without such a one no chain ends.</summary>
    public bool HasRoot => _certificates.Any(IsRoot);

    /// <summary>Reads certificates in PEM; null for what holds none, or something broken.</summary>
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

    /// <summary>The certificates alone, whatever stood around them.</summary>
    public string ToPem() => string.Join('\n', _certificates.Select(c => c.ExportCertificatePem()));

    /// <summary>
    /// Whether a server's certificate that the machine does not trust is good by these. Its name and its time must be right in
    /// any case.
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
        // An authority of one's own has seldom a place that says what it took back.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
