using System.Text;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Uploads a file to a store, whole or in parallel parts; after a failure only the broken part is sent again.
/// </summary>
internal sealed class StoreUpload(HttpClient stores, UploadTarget target, SafeFileHandle file)
{
    private const int PartsAtOnce = 4;
    private const int TriesOfAPart = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The slowest connection that the timeout allows.</summary>
    private const double SlowestBytesPerSecond = 64 * 1024;

    public static TimeSpan TimeFor(long bytes) => TimeSpan.FromSeconds(60 + (bytes / SlowestBytesPerSecond));

    /// <summary>The last failure, in words.</summary>
    public string Why { get; private set; } = "";

    /// <returns>
    /// False when the address has expired or the store cannot take it right now: request another address.
    /// </returns>
    /// <exception cref="Service.ServiceRefusedException">The store refuses it for good.</exception>
    public async Task<bool> TryAsync(long bytes, CancellationToken cancellationToken)
    {
        if (target.Parts.Count == 0)
        {
            return await TryAsync(() => new FileHandleContent(file, 0, bytes), bytes, cancellationToken);
        }
        if (!await TryPartsAsync(cancellationToken))
        {
            return false;
        }
        var commit = Encoding.UTF8.GetBytes(target.Commit);
        return await TryAsync(() => new ByteArrayContent(commit), commit.Length, cancellationToken);
    }

    private async Task<bool> TryAsync(Func<HttpContent> body, long bytes, CancellationToken cancellationToken)
    {
        var put = new StorePut(target.Url, body) { Headers = target.Headers, Timeout = TimeFor(bytes) };
        if (await put.TryAsync(stores, cancellationToken))
        {
            return true;
        }
        Why = put.Why;
        return false;
    }

    private async Task<bool> TryPartsAsync(CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = failed.Token };
        try
        {
            await Parallel.ForEachAsync(
                Placed(),
                options,
                async (part, token) =>
                {
                    if (!await TryPartAsync(part.Part, part.From, token))
                    {
                        await failed.CancelAsync();
                    }
                }
            );
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private IEnumerable<(UploadPart Part, long From)> Placed()
    {
        long from = 0;
        foreach (var part in target.Parts)
        {
            yield return (part, from);
            from += part.Bytes;
        }
    }

    private async Task<bool> TryPartAsync(UploadPart part, long from, CancellationToken cancellationToken)
    {
        var put = new StorePut(part.Url, () => new FileHandleContent(file, from, part.Bytes))
        {
            Timeout = TimeFor(part.Bytes),
        };
        for (var tries = 0; tries < TriesOfAPart; tries++)
        {
            if (await put.TryAsync(stores, cancellationToken))
            {
                return true;
            }
            await Task.Delay(Pause, cancellationToken);
        }
        Why = put.Why;
        return false;
    }
}
