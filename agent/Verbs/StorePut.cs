using System.Net;
using Trainyard.Agent.Service;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Verbs;

/// <summary>Puts a body at an address of a store, without our token.</summary>
internal static class StorePut
{
    /// <returns>False when the address is no longer good, or the store cannot right now: ask for another address.</returns>
    /// <exception cref="ServiceRefusedException">It is refused for good.</exception>
    public static async Task<bool> TryAsync(
        HttpClient stores,
        UploadTarget target,
        Func<HttpContent> body,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        using var request = new HttpRequestMessage(HttpMethod.Put, target.Url) { Content = body() };
        foreach (var (name, value) in target.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                SetContentHeader(request.Content, name, value);
        }
        try
        {
            using var response = await stores.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode || await IsWorthAnotherAsync(response.StatusCode, cancellationToken);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException || !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, cancellationToken);
            return false;
        }
    }

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private static void SetContentHeader(HttpContent content, string name, string value)
    {
        content.Headers.Remove(name);
        content.Headers.TryAddWithoutValidation(name, value);
    }

    private static async Task<bool> IsWorthAnotherAsync(HttpStatusCode status, CancellationToken cancellationToken)
    {
        var passing = (int)status >= 500 || status is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests;
        if (!passing)
            throw new ServiceRefusedException(status, "", $"The staging store answered {(int)status}.");
        await Task.Delay(Pause, cancellationToken);
        return false;
    }
}
