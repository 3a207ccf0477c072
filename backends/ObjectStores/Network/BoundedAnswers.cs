using System.Net;
using System.Text;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// Stands between every client and the network: an answer is read here, to its bound and within its time, unless it is an
/// object's content. A refusal is noted; one that asks for a pause gets it.
/// </summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    /// <summary>A thousand keys of 1,024 bytes, written out in full, are 6 MB at the very most.</summary>
    public const int MostBytes = 8 << 20;

    /// <summary>An error has a code, a sentence and a request id; what is longer is cut off.</summary>
    public const int MostErrorBytes = 16 << 10;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            if (IsRefusal(response))
            {
                await NoteAsync(response, cancellationToken);
            }
            else if (request.Method != HttpMethod.Head && StoreCall.Current is not { IsContent: true })
            {
                await BoundAsync(response, cancellationToken);
            }
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static bool IsRefusal(HttpResponseMessage response) =>
        !response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotModified;

    private async Task NoteAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, MostErrorBytes, cancellationToken) ?? [];
        Replace(response, body);
        var answer = StoreAnswer.Read(response, Encoding.UTF8.GetString(body));
        if (StoreCall.Current is { } call)
        {
            call.Refusal = answer;
        }
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            await PauseAsync(answer.RetryAfter, cancellationToken);
        }
    }

    // What asks for longer is tried again by the orchestration, over hours.
    private Task PauseAsync(TimeSpan? asked, CancellationToken cancellationToken) =>
        asked is { } pause && pause > TimeSpan.Zero && pause <= LongestPause
            ? Task.Delay(pause, time, cancellationToken)
            : Task.CompletedTask;

    private async Task BoundAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body =
            await ReadAsync(response, MostBytes, cancellationToken)
            ?? throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"The store's answer is longer than {MostBytes >> 20} MiB, which no list of a store is; the connection was cut."
            );
        Replace(response, body);
    }

    // Null when there is more, which is never read: the connection goes with it.
    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var body = new MemoryStream();
        var buffer = new byte[Math.Min(most, 64 << 10)];
        await using var content = await response.Content.ReadAsStreamAsync(either.Token);
        for (int read; (read = await content.ReadAsync(buffer, either.Token)) > 0; )
        {
            if (body.Length + read > most)
            {
                return null;
            }
            await body.WriteAsync(buffer.AsMemory(0, read), either.Token);
        }
        return body.ToArray();
    }

    private static void Replace(HttpResponseMessage response, byte[] body)
    {
        var read = response.Content;
        response.Content = new ByteArrayContent(body);
        foreach (var (name, values) in read.Headers)
        {
            // The length of a refused HEAD is that of the object; ours is that of what was read.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                response.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }
        read.Dispose();
    }
}
