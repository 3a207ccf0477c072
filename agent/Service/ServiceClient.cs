using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Trainyard.Agent.Files;
using Trainyard.Contracts;

namespace Trainyard.Agent.Service;

/// <summary>Sends one request to the service and interprets the answer.</summary>
internal sealed class ServiceClient(HttpClient http, ServiceAddress address)
{
    /// <summary>The largest answer: a page of addresses, a list of a checkpoint's files.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    private const int MostBytesOfProblem = 1024 * 1024;

    /// <exception cref="ServiceAwayException">No answer, or an answer that asks for another try.</exception>
    /// <exception cref="ServiceRefusedException">Any other answer except success, including 410.</exception>
    public async Task<HttpResponseMessage> SendAsync(ServiceCall call, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(call.Timeout);
        return await SendAsync(call, deadline, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        ServiceCall call,
        CancellationTokenSource deadline,
        CancellationToken cancellationToken
    )
    {
        using var request = NewRequest(call);
        if (request.Content is FileHandleContent file)
        {
            file.Sent = () => deadline.CancelAfter(FileHandleContent.TimeToAnswer(file));
        }
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return response.IsSuccessStatusCode ? response : throw await ReadProblemAsync(response, deadline.Token);
        }
        catch (Exception e) when (FileChangedException.Behind(e) is { } changed)
        {
            throw new FileChangedException(changed.Message, e);
        }
        catch (Exception e) when (IsAway(e, cancellationToken))
        {
            throw new ServiceAwayException($"The service does not answer: {e.Message}", e);
        }
    }

    /// <summary>Sends and reads a JSON answer; default for 204.</summary>
    public async Task<T?> SendAsync<T>(ServiceCall call, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(call.Timeout);
        using var response = await SendAsync(call, deadline, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            return default;
        }
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytes, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return JsonSerializer.Deserialize<T>(body, WireJson.Options);
        }
        catch (Exception e) when (e is JsonException || IsAway(e, cancellationToken))
        {
            throw new ServiceAwayException($"The service's answer broke off: {e.Message}", e);
        }
    }

    private HttpRequestMessage NewRequest(ServiceCall call)
    {
        var target = address.Resolve(call.Path);
        var request = new HttpRequestMessage(call.Method, target) { Content = call.Content?.Invoke() };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);
        request.Headers.Range = call.Range;
        if (call.TraceParent is { } trace)
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace);
        }
        foreach (var (name, value) in call.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
        return request;
    }

    private static bool IsAway(Exception e, CancellationToken caller) =>
        e is HttpRequestException or IOException
        || (e is OperationCanceledException && !caller.IsCancellationRequested);

    private static async Task<Exception> ReadProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        using (response)
        {
            var problem = await TryReadProblemAsync(response, cancellationToken);
            var message = problem?.Detail ?? problem?.Title ?? $"The service answered {(int)response.StatusCode}.";
            return IsTransient(response.StatusCode)
                ? new ServiceAwayException(message)
                {
                    Answered = true,
                    Code = problem?.Code ?? "",
                    RetryAfter = RetryAfterHeader.Of(response, TimeProvider.System),
                }
                : new ServiceRefusedException(response.StatusCode, message) { Code = problem?.Code ?? "" };
        }
    }

    private static async Task<Problem?> TryReadProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.Content.Headers.ContentType?.MediaType != Problem.MediaType)
        {
            return null;
        }
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytesOfProblem, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize<Problem>(body, WireJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsTransient(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}
