using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Trainyard.Contracts.Http;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// Trusts certificates that this machine trusts, or that the server's own authorities vouch for. Explains the fault of
/// any other certificate.
/// </summary>
internal sealed class CertificateTrust(CertificateAuthorities? authorities)
{
    public bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || authorities?.VouchFor(certificate, chain, errors) == true
            ? true
            : throw new ObjectStoreException(
                ObjectStoreFailure.CertificateUntrusted,
                $"The server at '{(sender as SslStream)?.TargetHostName}' cannot be trusted: {Why(certificate, chain, errors)}{Beside}."
            );

    private string Beside => authorities is null ? "" : ", nor by the manifest's `ca_certificate`";

    private static string Why(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "it shows no certificate";
        }
        var (subject, issuer) = (StoreText.Clean(certificate.Subject), StoreText.Clean(certificate.Issuer));
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
}
