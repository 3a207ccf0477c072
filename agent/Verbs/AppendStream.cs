using System.Buffers;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>Sends a spool on while it grows, by appends at an offset: to a store where the service names one, else to the service.</summary>
internal sealed class AppendStream(
    AttemptClient client,
    HttpClient stores,
    string route,
    TimeProvider time,
    ILogger logger
)
{
    private readonly DirectAppends _direct = new(client, stores, route, time);

    /// <summary>What is sent at once at most; a line is seldom alone, and a backlog goes in large pieces.</summary>
    private const int LargestAppend = 512 * 1024;

    /// <summary>So much is sent without waiting for more.</summary>
    private const int Batch = 64 * 1024;

    /// <summary>How long a short piece waits for company.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);

    /// <summary>Ends when the spool is complete and has arrived, or when the service refuses it: a log never fails its run.</summary>
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
            var answer =
                await _direct.TryAsync(cursor.Offset, piece, cancellationToken)
                ?? await client.DeliverAsync<AppendAnswer>(
                    client.Routes.Append(route, cursor.Offset, piece),
                    cancellationToken,
                    isBounded: () => spool.IsComplete
                );
            if (answer is not null)
            {
                cursor = cursor.After(answer, piece.Length, spool.Length);
            }
            await GatherAsync(spool, cursor.Sent + Batch, cancellationToken);
        }
    }

    private async Task GatherAsync(Spool spool, long wanted, CancellationToken cancellationToken)
    {
        if (spool.Length >= wanted)
        {
            return;
        }
        using var linger = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(spool.WaitForAsync(wanted, linger.Token), Task.Delay(Linger, time, linger.Token));
        await linger.CancelAsync();
    }
}
