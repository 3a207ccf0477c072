using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Trainyard.Contracts.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// The HTTP client for all stores, and separate ones for stores with authorities of their own. Checks the IP address
/// of each connection, not the name, so that a changed DNS answer cannot bypass the rules. Follows no redirects and
/// bounds all answers.
/// </summary>
internal sealed class StoreNetwork : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly StoreOptions _options;
    private readonly OwnAddresses _own;
    private readonly TimeProvider _time;
    private readonly ClientCache _trusting;

    public StoreNetwork(IOptions<StoreOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _own = new OwnAddresses(time);
        _time = time;
        Client = CreateClient(authorities: null);
        _trusting = new ClientCache(pem => CreateClient(CertificateAuthorities.TryRead(pem)));
    }

    /// <summary>The shared client. It has no timeout; callers set their own.</summary>
    public HttpClient Client { get; }

    /// <summary>
    /// The client for a store. A store with authorities of its own gets a separate client, because connections are
    /// pooled by address, and no other store may use a connection that only those authorities made trusted.
    /// </summary>
    public HttpClient ClientFor(DataStoreReference store) => ClientFor(store.CaCertificate);

    /// <summary>The client for a server with the given authorities (PEM); null for none.</summary>
    public HttpClient ClientFor(string? authorities) => authorities is { } pem ? _trusting.Get(pem) : Client;

    public void Dispose()
    {
        Client.Dispose();
        _trusting.Dispose();
    }

    private HttpClient CreateClient(CertificateAuthorities? authorities) =>
        new(new BoundedAnswers(CreateHandler(new CertificateTrust(authorities)), _time))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private SocketsHttpHandler CreateHandler(CertificateTrust trust)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            UseProxy = _options.UseProxy,
            SslOptions = { RemoteCertificateValidationCallback = trust.Verify },
            // The rest of an answer that was cut off is not drained.
            MaxResponseDrainSize = 0,
        };
        if (!_options.UseProxy)
        {
            handler.ConnectCallback = ConnectAsync;
        }
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var allowed = await ResolveAsync(host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            var isHttps = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
            return new SchemeCheckStream(new NetworkStream(socket, ownsSocket: true), $"{host}:{port}", isHttps);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            socket.Dispose();
            throw new ObjectStoreException(
                ObjectStoreFailure.ConnectionRefused,
                $"Nothing listens at the store's address '{host}:{port}' (ConnectionRefused): it is down, or the port is wrong.",
                e
            );
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = await LookUpAsync(host, cancellationToken);
        var allowed = Array.FindAll(addresses, MayReach);
        return allowed.Length > 0
            ? allowed
            : throw new ObjectStoreException(
                ObjectStoreFailure.AddressForbidden,
                $"The store's address '{host}' is one that this service may not reach."
            );
    }

    private bool MayReach(IPAddress address) =>
        AddressRules.MayReach(address, _options.AllowPrivateEndpoints)
        && (_options.AllowPrivateEndpoints || !_own.Contains(address));

    private static async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.HostNotFound,
                $"The store's name '{host}' is not known to DNS ({e.SocketErrorCode}): it is misspelt, or not known here.",
                e
            );
        }
    }
}
