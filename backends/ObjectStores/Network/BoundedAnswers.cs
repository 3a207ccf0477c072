using System.Net;
using System.Text;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// Handles all answers of stores: reads an answer completely, within limits of size and time, unless it is an object's
/// content. Records refusals, and waits if a refusal asks for a pause.
/// </summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    /// <summary>
    /// The most bytes of an answer: a thousand keys of 1,024 bytes, fully escaped, take at most 6 MB.
    /// </summary>
    public const int MostBytes = 8 << 20;

    /// <summary>
    /// The most bytes of an error answer, enough for a code, a sentence and a request id; more is cut off.
    /// </summary>
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

    // Longer pauses are left to the orchestration, which retries over hours.
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

    // Null when the answer exceeds the limit; the rest is never read, and the connection is closed.
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
            // A refused HEAD reports the length of the object; the new content has its own length.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                response.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }
        read.Dispose();
    }
}
