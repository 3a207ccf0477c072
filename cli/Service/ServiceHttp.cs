using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trainyard.Cli.Settings;

namespace Trainyard.Cli.Service;

/// <summary>Sends requests as the user; every failure leaves as a <see cref="CliFailure"/>.</summary>
internal sealed class ServiceHttp : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly ServiceSettings settings;
    private readonly HttpClient client;

    public ServiceHttp(ServiceSettings settings)
    {
        this.settings = settings;
        client = new HttpClient(CreateHandler(settings.Url))
        {
            BaseAddress = settings.Url,
            // Uploads and followed logs take as long as they take; what is dead shows by TCP.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = settings.Authorization;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("bx", BuildFacts.Version));
        if (settings.Instance is { } instance)
            client.DefaultRequestHeaders.TryAddWithoutValidation("ML-Instance-ID", instance);
    }

    public async Task<ServiceAnswer<T>> GetAsync<T>(
        string path,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, type, cancellationToken);
    }

    public async Task<ServiceAnswer<T>> SendAsync<T>(
        HttpRequestMessage request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var document = await JsonDocument.ParseAsync(body, default, cancellationToken);
            var value = document.RootElement.Deserialize(type) ?? throw new JsonException("null");
            return new ServiceAnswer<T>(value, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            throw NotUnderstood(request);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable();
        }
    }

    /// <summary>The answer's head; its body is still to be read. Anything but success is a failure.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw Unreachable();
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ServiceRefusal.FromAsync(response, settings, cancellationToken);
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type, string mediaType = "application/json") =>
        JsonContent.Create(value, type, new MediaTypeHeaderValue(mediaType));

    public void Dispose() => client.Dispose();

    private CliFailure Unreachable()
    {
        var url = settings.Url.ToString().TrimEnd('/');
        return new CliFailure(
            ExitCode.Unreachable,
            "unreachable",
            settings.Url.IsLoopback
                ? $"No service answers at {url}: start it with 'dotnet run --project functions', or set ML_ENV to the service's address."
                : $"No service answers at {url}: check ML_ENV and the network."
        );
    }

    private CliFailure NotUnderstood(HttpRequestMessage request) =>
        new(
            ExitCode.ServiceError,
            "answer_not_understood",
            $"{settings.Url} answered {request.Method} {request.RequestUri} with something else than this bx expects: "
                + "check that ML_ENV names a training service, and that both are of the same version."
        );

    private static SocketsHttpHandler CreateHandler(Uri url) =>
        new()
        {
            ConnectTimeout = ConnectTimeout,
            // A proxy for the outside world cannot reach this machine's own service.
            UseProxy = !url.IsLoopback,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
        };

    // A followed log may be silent for hours; keep-alive probes tell a silent service from a dead machine.
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
