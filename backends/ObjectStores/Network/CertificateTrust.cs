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
                $"The server at '{(sender as SslStream)?.TargetHostName}' cannot be trusted: {CertificateFault.Of(certificate, chain, errors, authorities)}."
            );
}
