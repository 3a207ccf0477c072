using System.Net;
using Trainyard.Backends.ObjectStores.Answers;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>
/// Sends requests, retries after short hiccups, and throws <see cref="SwiftError"/> unless they succeed.
/// </summary>
internal sealed class SwiftHttp(HttpClient client, TimeProvider time)
{
    // Retries here only cover short hiccups; the orchestration retries over minutes.
    private const int MostTries = 3;

    // A part of 16 MiB finishes in this time at 0.5 Mbit/s.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Returns once the headers have arrived, with the body unread; creates the request anew for each try.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> request,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(request, cancellationToken);
            }
            catch (Exception e) when (attempt < MostTries && MayPass(e) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(FirstPause * attempt, time, cancellationToken);
            }
        }
    }

    private static bool MayPass(Exception e) =>
        e switch
        {
            SwiftError error => (int)error.Status is 408 or 429 or >= 500 and not 507,
            HttpRequestException { InnerException: Core.Stores.ObjectStoreException known } => known.IsTransient,
            HttpRequestException => true,
            _ => false,
        };

    private async Task<HttpResponseMessage> SendOnceAsync(
        Func<HttpRequestMessage> make,
        CancellationToken cancellationToken
    )
    {
        using var request = make();
        using var late = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw new SwiftError(StoreAnswer.Read(response, body: ""));
        }
    }
}
