using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Trainyard.Contracts.Http;

/// <summary>
/// What is wrong with a server's certificate, as the rest of a sentence: names in it are the server's own text.
/// </summary>
public static class CertificateFault
{
    private const int LongestName = 200;

    /// <summary>Describes the fault that a check of the certificate found.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="chain">The chain that was built for it.</param>
    /// <param name="errors">What the check found.</param>
    /// <param name="authorities">The authorities that are trusted beside the machine's own; null for none.</param>
    public static string Of(
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        CertificateAuthorities? authorities
    )
    {
        if (certificate is null)
        {
            return "it shows no certificate";
        }
        var (subject, issuer) = (Short(certificate.Subject), Short(certificate.Issuer));
        if (chain?.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)) == true)
        {
            return $"its certificate is valid from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()} only (issued by '{issuer}')";
        }
        var isTrusted = IsTrusted(certificate, chain, errors, authorities);
        var beside = isTrusted || authorities is null ? "" : ", nor by the manifest's `ca_certificate`";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var also = isTrusted ? "" : ", and not trusted";
            return $"its certificate is for another name ('{subject}', issued by '{issuer}'){also}{beside}";
        }
        return subject == issuer
            ? $"its certificate is not trusted (self-signed): '{issuer}'{beside}"
            : $"its certificate is not trusted (issued by '{issuer}'){beside}";
    }

    private static bool IsTrusted(
        X509Certificate certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        CertificateAuthorities? authorities
    ) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
        || authorities?.VouchFor(certificate, chain, SslPolicyErrors.RemoteCertificateChainErrors) == true;

    private static string Short(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;
}
