using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// The one HTTP client for all stores. It looks at the address that it connects to, not at the name, so that a name
/// which changes its address between two looks gains nothing; and it follows no redirects.
/// </summary>
internal sealed class StoreNetwork : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly StoreOptions options;

    public StoreNetwork(IOptions<StoreOptions> options)
    {
        this.options = options.Value;
        Client = new HttpClient(CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Has no timeout of its own: its users set theirs.</summary>
    public HttpClient Client { get; }

    public void Dispose() => Client.Dispose();

    private SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            UseProxy = options.UseProxy,
        };
        if (!options.UseProxy)
            handler.ConnectCallback = ConnectAsync;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var allowed = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = Array.FindAll(
            addresses,
            address => AddressRules.MayReach(address, options.AllowPrivateEndpoints)
        );
        return allowed.Length > 0
            ? allowed
            : throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"The store's address '{host}' is one that this service may not reach."
            );
    }
}
