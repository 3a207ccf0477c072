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
    public static string Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
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
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"its certificate is for another name ('{subject}', issued by '{issuer}')";
        }
        return subject == issuer
            ? $"its certificate is not trusted (self-signed): '{issuer}'"
            : $"its certificate is not trusted (issued by '{issuer}')";
    }

    private static string Short(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;
}
