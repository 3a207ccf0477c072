using System.Buffers;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Reads an answer's body and detects broken and silent connections.</summary>
internal static class BodyReading
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="response">The answer.</param>
    /// <param name="silence">A connection without any byte for this time counts as broken.</param>
    /// <param name="take">Gets each piece; returns whether to read on.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ServiceAwayException">The connection broke, or no byte came for too long.</exception>
    public static async Task ReadAsync(
        HttpResponseMessage response,
        TimeSpan silence,
        Func<ReadOnlyMemory<byte>, bool> take,
        CancellationToken cancellationToken
    )
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (await ReadAsync(body, buffer, quiet, silence, cancellationToken) is var read and > 0)
            {
                if (!take(buffer.AsMemory(0, read)))
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadAsync(
        Stream body,
        byte[] buffer,
        CancellationTokenSource quiet,
        TimeSpan silence,
        CancellationToken caller
    )
    {
        quiet.CancelAfter(silence);
        try
        {
            return await body.ReadAsync(buffer, quiet.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ServiceAwayException("the connection broke.", e) { Answered = true };
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            var seconds = silence.TotalSeconds;
            throw new ServiceAwayException($"nothing came for {seconds:0.#} seconds.", e) { Answered = true };
        }
    }
}
