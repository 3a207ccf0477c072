using System.Buffers;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Service;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Verbs;

/// <summary>Sends a spool to the service while it grows, by appends at an offset.</summary>
internal sealed class AppendStream(AttemptClient client, string route, TimeProvider time, ILogger logger)
{
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
        catch (ServiceRefusedException e)
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
            var call = client.Routes.Append(route, cursor.Offset, piece);
            var answer = await client.DeliverAsync<AppendAnswer>(call, cancellationToken);
            if (answer is not null)
                cursor = cursor.After(answer, piece.Length, spool.Length);
            await GatherAsync(spool, cursor.Sent + Batch, cancellationToken);
        }
    }

    private async Task GatherAsync(Spool spool, long wanted, CancellationToken cancellationToken)
    {
        if (spool.Length >= wanted)
            return;
        using var linger = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(spool.WaitForAsync(wanted, linger.Token), Task.Delay(Linger, time, linger.Token));
        await linger.CancelAsync();
    }
}
