using System.Net;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Uploads a body to a store, without the attempt's token.</summary>
internal sealed record StorePut(string Url, Func<HttpContent> Body)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    public required TimeSpan Timeout { get; init; }

    /// <summary>The failure of the last try, in words.</summary>
    public string Why { get; private set; } = "";

    /// <returns>
    /// False when the address has expired or the store cannot take it right now: request another address.
    /// </returns>
    /// <exception cref="ServiceRefusedException">The store refuses it for good.</exception>
    public async Task<bool> TryAsync(HttpClient stores, CancellationToken cancellationToken)
    {
        var status = await SendAsync(stores, cancellationToken);
        if (IsSuccess(status))
        {
            return true;
        }
        Why = status is { } code ? $"The staging store answered {(int)code}." : "The staging store does not answer.";
        return status is { } refusal && !IsPassing(refusal) ? throw new ServiceRefusedException(refusal, Why) : false;
    }

    /// <returns>Whether the store accepted the body.</returns>
    public async Task<bool> TryOnceAsync(HttpClient stores, CancellationToken cancellationToken) =>
        IsSuccess(await SendAsync(stores, cancellationToken));

    private static bool IsSuccess(HttpStatusCode? status) => (int?)status is >= 200 and < 300;

    private static bool IsPassing(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests;

    /// <returns>Null when no answer came.</returns>
    private async Task<HttpStatusCode?> SendAsync(HttpClient stores, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        using var request = NewRequest();
        if (request.Content is HandleContent file)
        {
            file.Sent = () => deadline.CancelAfter(HandleContent.TimeToAnswer(file));
        }
        try
        {
            using var response = await stores.SendAsync(request, deadline.Token);
            return response.StatusCode;
        }
        catch (Exception e) when (FileChangedException.Behind(e) is { } changed)
        {
            throw new FileChangedException(changed.Message, e);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException || !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private HttpRequestMessage NewRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Put, Url) { Content = Body() };
        foreach (var (name, value) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                SetContentHeader(request.Content, name, value);
            }
        }
        return request;
    }

    private static void SetContentHeader(HttpContent content, string name, string value)
    {
        content.Headers.Remove(name);
        content.Headers.TryAddWithoutValidation(name, value);
    }
}
