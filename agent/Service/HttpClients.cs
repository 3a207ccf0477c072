using System.Net.Security;
using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Service;

/// <summary>Creates the HTTP clients: for the service, with tokens, and for stores, without.</summary>
internal static class HttpClients
{
    /// <summary>
    /// Follows no redirects and uses no general proxy, because both would reveal the token to others.
    /// </summary>
    public static HttpClient ForService() =>
        New(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    /// <param name="useProxy">Whether to use the environment's proxy, as the service does for its own calls.</param>
    /// <param name="authorities">
    /// Authorities (PEM) that a store's certificate may come from, besides the machine's.
    /// </param>
    public static HttpClient ForStores(bool useProxy, string? authorities = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = true, UseProxy = useProxy };
        if (authorities is not null && CertificateAuthorities.TryRead(authorities) is { } own)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || own.VouchFor(certificate, chain, errors);
        }

        return New(handler);
    }

    private static HttpClient New(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        handler.UseCookies = false;
        // A host name may get another address while the agent runs.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Each request has its own timeout.
        return new HttpClient(new TransportFailureHandler(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
