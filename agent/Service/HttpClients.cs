namespace Trainyard.Agent.Service;

/// <summary>The two ways out: to the service, with tokens, and to stores, without.</summary>
internal static class HttpClients
{
    /// <summary>Follows no redirect and no proxy meant for others: both would show the token elsewhere.</summary>
    public static HttpClient ForService() =>
        New(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public static HttpClient ForStores() => New(new SocketsHttpHandler { AllowAutoRedirect = true });

    private static HttpClient New(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        handler.UseCookies = false;
        // A name may come to mean another address while the agent lives.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        // Each request has a deadline of its own.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
