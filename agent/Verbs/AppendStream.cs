using System.Buffers;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Sends a growing spool by appends at an offset: to a store where the service names one, else to the service.
/// </summary>
internal sealed class AppendStream(
    AttemptClient client,
    HttpClient stores,
    string route,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>A spool that is sent before each piece; null for none.</summary>
    public AppendAhead? Ahead { get; init; }

    private readonly DirectAppends _direct = new(client, stores, route, time);

    /// <summary>The largest append: a backlog goes in large pieces.</summary>
    private const int LargestAppend = 512 * 1024;

    /// <summary>An append of this size is sent without waiting for more bytes.</summary>
    private const int Batch = 64 * 1024;

    /// <summary>How long a short piece waits for more bytes; followers of the log see it that much later.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    /// <summary>The wait for a store, where each append counts as one operation.</summary>
    private static readonly TimeSpan DirectLinger = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause after an answer that took nothing.</summary>
    private static readonly TimeSpan NothingTaken = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns when the spool is complete and has arrived, or when the service refuses it: a log never fails its run.
    /// </summary>
    /// <exception cref="LeaseLostException">The lease is gone.</exception>
    public async Task RunAsync(Spool spool, long origin, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LargestAppend);
        try
        {
            await SendAsync(spool, new AppendCursor(origin, 0), buffer.AsMemory(0, LargestAppend), cancellationToken);
        }
        catch (Exception e) when (e is ServiceRefusedException or ServiceAwayException)
        {
            Log.AppendRefused(logger, route, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SendAsync(
        Spool spool,
        AppendCursor cursor,
        Memory<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        while (await spool.WaitBeyondAsync(cursor.Sent, cancellationToken))
        {
            var piece = buffer[..spool.Read(cursor.Sent, buffer.Span)];
            if (Ahead is not null)
            {
                await Ahead.SendAsync(cancellationToken);
            }
            var next = await SendPieceAsync(spool, cursor, piece, cancellationToken);
            if (next == cursor)
            {
                await Task.Delay(NothingTaken, time, cancellationToken);
            }
            cursor = next;
            await GatherAsync(spool, cursor.Sent + Batch, cancellationToken);
        }
    }

    private async Task<AppendCursor> SendPieceAsync(
        Spool spool,
        AppendCursor cursor,
        ReadOnlyMemory<byte> piece,
        CancellationToken cancellationToken
    )
    {
        var answer =
            await _direct.TryAsync(cursor.Offset, piece, cancellationToken)
            ?? await client.DeliverAsync<AppendAnswer>(
                client.Routes.Append(route, cursor.Offset, piece),
                cancellationToken,
                isBounded: () => spool.IsComplete
            );
        return answer is null ? cursor : cursor.After(answer, piece.Length, spool.Length);
    }

    /// <summary>Sends one piece, in one try.</summary>
    internal async Task<AppendCursor> SendOnceAsync(
        Spool spool,
        AppendCursor cursor,
        ReadOnlyMemory<byte> piece,
        CancellationToken cancellationToken
    )
    {
        var answer =
            await _direct.TryAsync(cursor.Offset, piece, cancellationToken)
            ?? await client.TryOnceAsync<AppendAnswer>(
                client.Routes.Append(route, cursor.Offset, piece),
                cancellationToken
            );
        return answer is null ? cursor : cursor.After(answer, piece.Length, spool.Length);
    }

    private async Task GatherAsync(Spool spool, long wanted, CancellationToken cancellationToken)
    {
        if (spool.Length >= wanted)
        {
            return;
        }
        using var linger = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(
            spool.WaitForAsync(wanted, linger.Token),
            Task.Delay(_direct.IsOpen ? DirectLinger : Linger, time, linger.Token)
        );
        await linger.CancelAsync();
    }
}
