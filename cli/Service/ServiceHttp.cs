using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Settings;
using Trainyard.Contracts.Http;

namespace Trainyard.Cli.Service;

/// <summary>Sends requests as the user; every failure leaves as a <see cref="CliFailure"/>.</summary>
internal sealed class ServiceHttp : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // The service copies a model before it answers the request to store it, so this takes long.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(10);

    // A page of runs with the longest commands takes a tenth of this limit.
    private const int LargestAnswer = 64 * 1024 * 1024;
    private const int MostPages = 5_000;
    private const string EventStream = "text/event-stream";
    private readonly ServiceSettings _settings;
    private readonly HttpClient _client;
    private readonly Dictionary<string, HttpClient> _elsewhere = [];

    public ServiceHttp(ServiceSettings settings)
    {
        _settings = settings;
        _client = new HttpClient(new TransportFailureHandler(CreateHandler(settings.Url)))
        {
            BaseAddress = settings.Url,
            // Uploads and followed logs can take any time, so each call sets its own timeout.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Authorization = settings.Authorization;
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("bx", BuildFacts.Version));
        if (settings.Instance is { } instance)
        {
            _client.DefaultRequestHeaders.Add("ML-Instance-ID", instance);
        }
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

    /// <summary>Every page of a list.</summary>
    public async IAsyncEnumerable<ServiceAnswer<T>> PagesAsync<T>(
        string path,
        int pageSize,
        JsonTypeInfo<T> type,
        Func<T, JsonElement?> nextOf,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var next = $"{path}?limit={pageSize}";
        for (var count = 1; ; count++)
        {
            var page = await GetAsync(next, type, cancellationToken);
            yield return page;
            if (nextOf(page.Value) is not { ValueKind: JsonValueKind.String } link)
            {
                yield break;
            }
            next = link.GetString()!.TrimStart('/');
            if (count == MostPages || !Uri.TryCreate(next, UriKind.Relative, out _))
            {
                throw new CliFailure(
                    ExitCode.ServiceError,
                    "answer_not_understood",
                    $"The service's list does not end (page {count}): look at the service's log."
                );
            }
        }
    }

    public async Task<ServiceAnswer<T>> SendAsync<T>(
        HttpRequestMessage request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(request, response, type, cancellationToken);
    }

    /// <summary>The body of an answer.</summary>
    public async Task<ServiceAnswer<T>> ReadAsync<T>(
        HttpRequestMessage request,
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var body = await WithinAsync(
                AnswerTimeout,
                token => BoundedBody.ReadAsync(response.Content, LargestAnswer, token),
                cancellationToken
            );
            using var document = JsonDocument.Parse(body ?? throw TooLarge(request));
            var value = document.RootElement.Deserialize(type) ?? throw new JsonException("null");
            return new ServiceAnswer<T>(value, document.RootElement.Clone());
        }
        // Half a surrogate pair in a text throws InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw NotUnderstood(request);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw ConnectionFailure.Broken(_settings);
        }
    }

    /// <summary>The answer's head; its body is still to be read. Anything but success is a failure.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        WithinAsync(AnswerTimeout, token => SendUntimedAsync(request, token), cancellationToken);

    /// <summary>Sends without a timeout, for requests that are watched in another way.</summary>
    public async Task<HttpResponseMessage> SendUntimedAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await HeadAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw await ServiceRefusal.FromAsync(response, _settings, cancellationToken);
        }
    }

    /// <summary>Opens an event stream. Any other content, such as a proxy's page, is a failure.</summary>
    public async Task<HttpResponseMessage> OpenEventsAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        request.Headers.Accept.ParseAdd(EventStream);
        var response = await SendAsync(request, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType == EventStream)
        {
            return response;
        }
        response.Dispose();
        throw NotUnderstood(request);
    }

    /// <summary>Opens an address outside of the service, such as a bucket's. The user's key does not go there.</summary>
    public async Task<HttpResponseMessage> OpenElsewhereAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var response = await ElsewhereOf(address)
                .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }
            using (response)
            {
                throw new CliFailure(
                    ExitCode.ServiceError,
                    "bucket_refused",
                    $"The bucket's store at {address.Authority} answered {(int)response.StatusCode}: check whether the file is "
                        + "still in the bucket, and whether the secret may read it."
                );
            }
        }
        catch (Exception e) when (e is HttpRequestException || e.InnerException is TimeoutException)
        {
            throw new CliFailure(
                ExitCode.Unreachable,
                "bucket_unreachable",
                $"The bucket's store at {address.Authority} does not answer ({Words.Why(e)}): check the network."
            );
        }
    }

    private HttpClient ElsewhereOf(Uri address)
    {
        if (!_elsewhere.TryGetValue(address.Authority, out var client))
        {
            client = new HttpClient(new TransportFailureHandler(CreateHandler(address))) { Timeout = AnswerTimeout };
            _elsewhere[address.Authority] = client;
        }
        return client;
    }

    private async Task<HttpResponseMessage> HeadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure.Of(e, _settings);
        }
        // No server accepted the connection in time.
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException)
        {
            throw ConnectionFailure.NoAnswer(_settings);
        }
    }

    private async Task<T> WithinAsync<T>(
        TimeSpan time,
        Func<CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(time);
        try
        {
            return await ask(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailure.Silent(_settings, time);
        }
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type, string mediaType = "application/json") =>
        JsonContent.Create(value, type, new MediaTypeHeaderValue(mediaType));

    public void Dispose()
    {
        _client.Dispose();
        foreach (var client in _elsewhere.Values)
        {
            client.Dispose();
        }
    }

    private CliFailure NotUnderstood(HttpRequestMessage request) =>
        new(
            ExitCode.ServiceError,
            "answer_not_understood",
            $"{_settings.Address} answered {request.Method} {request.RequestUri} with something else than this bx expects: "
                + "check that ML_ENV names a training service, and that both are of the same version."
        );

    private CliFailure TooLarge(HttpRequestMessage request) =>
        new(
            ExitCode.ServiceError,
            "answer_too_large",
            $"{_settings.Address} answered {request.Method} {request.RequestUri} with more than {LargestAnswer} bytes: "
                + "check that ML_ENV names a training service."
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
