using System.Net.Security;
using Trainyard.Contracts.Http;

namespace Trainyard.Agent.Service;

/// <summary>The two ways out: to the service, with tokens, and to stores, without.</summary>
internal static class HttpClients
{
    /// <summary>Follows no redirect and no proxy meant for others: both would show the token elsewhere.</summary>
    public static HttpClient ForService() =>
        New(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    /// <param name="useProxy">Whether the environment's proxy stands between, as it does for the service's own calls.</param>
    /// <param name="authorities">What vouches for a store's certificate beside the machine's own authorities, in PEM.</param>
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
        // A name may come to mean another address while the agent lives.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Each request has a deadline of its own.
        return new HttpClient(new TransportFailureHandler(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
