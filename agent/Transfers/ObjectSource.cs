using System.Net;
using System.Net.Http.Headers;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Requests a piece of an object: from a store without the attempt's token, or from the service with it.
/// </summary>
internal sealed class ObjectSource(HttpClient stores, AttemptClient client)
{
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(60);

    /// <returns>The answer with any status.</returns>
    /// <exception cref="ServiceAwayException">No answer came.</exception>
    public Task<HttpResponseMessage> OpenAsync(ObjectPiece piece, CancellationToken cancellationToken)
    {
        var url = piece.Object.Listed.Object.Url;
        var range = RangeOf(piece);
        return AttemptRoutes.IsElsewhere(url)
            ? OpenStoreAsync(url, range, piece.Object.ETag, cancellationToken)
            : OpenServiceAsync(url, range, piece.Object.ETag, cancellationToken);
    }

    private static RangeHeaderValue? RangeOf(ObjectPiece piece)
    {
        if (piece is { IsAll: true, Done: 0 })
        {
            return null;
        }
        var end = piece.From + piece.Bytes - 1;
        return new RangeHeaderValue(piece.From + piece.Done, piece.IsLast ? null : end);
    }

    private async Task<HttpResponseMessage> OpenStoreAsync(
        string url,
        RangeHeaderValue? range,
        string? etag,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = range;
        foreach (var (name, value) in SameVersion(etag))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(HeadTimeout);
        try
        {
            return await stores.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            throw StoreConnection.Failed(e, request.RequestUri!);
        }
    }

    private async Task<HttpResponseMessage> OpenServiceAsync(
        string url,
        RangeHeaderValue? range,
        string? etag,
        CancellationToken cancellationToken
    )
    {
        var call = client.Routes.Given(HttpMethod.Get, url) with
        {
            Range = range,
            Headers = SameVersion(etag),
            Timeout = HeadTimeout,
        };
        try
        {
            return await client.OpenOnceAsync(call, cancellationToken);
        }
        catch (ServiceRefusedException e)
            when (e.Status is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed)
        {
            return new HttpResponseMessage(e.Status);
        }
        catch (ServiceRefusedException e)
        {
            throw new DownloadFailedException($"The data bucket cannot be read: {e.Message}") { Cause = e.Code };
        }
    }

    private static Dictionary<string, string> SameVersion(string? etag) =>
        etag is null ? [] : new() { ["If-Match"] = etag };
}
