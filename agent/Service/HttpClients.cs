using System.Net.Security;
using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Service;

/// <summary>Creates the HTTP clients: for the service, with tokens, and for stores, without.</summary>
internal static class HttpClients
{
    /// <summary>
    /// The client follows no redirects and uses no proxy, because both would show the token to others.
    /// </summary>
    public static HttpClient ForService() =>
        New(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    /// <param name="useProxy">Whether to use the environment's proxy, as the service does for its own calls.</param>
    /// <param name="authorities">
    /// The authorities, in PEM, that may sign a store's certificate in addition to the machine's own.
    /// </param>
    public static HttpClient ForStores(bool useProxy, string? authorities = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = true, UseProxy = useProxy };
        var own = authorities is null ? null : CertificateAuthorities.TryRead(authorities);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            errors == SslPolicyErrors.None || own?.VouchFor(certificate, chain, errors) == true
                ? true
                : throw new UntrustedStoreException(CertificateFault.Of(certificate, chain, errors, own));

        return New(handler);
    }

    private static HttpClient New(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        handler.UseCookies = false;
        // The address behind a name may change while the agent runs.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Each request has a deadline of its own.
        return new HttpClient(new TransportFailureHandler(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
