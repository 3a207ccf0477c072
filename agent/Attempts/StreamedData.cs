using System.Globalization;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Transfers;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>
/// Data that stays in its bucket. The command gets a list of the objects with their addresses. The list is rewritten
/// before the addresses expire, as long as the command runs.
/// </summary>
internal sealed class StreamedData(NodeServices node, AttemptContext context)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly DataListing _listing = new(
        new DataObjects(context.Client),
        Path.Combine(context.Folders.Data, ListingFiles.Listing),
        Path.Combine(context.Folders.Root, ListingFiles.Listing),
        (node.Options.MinFreeBytes ?? DiskSpace.DefaultReserveAt(node.Work)) / 2,
        node.Time,
        context.Log.AppendLine
    );

    private DateTimeOffset _expires;

    /// <exception cref="DownloadFailedException">
    /// The bucket cannot be listed, or commands on this node have no network to read it.
    /// </exception>
    /// <exception cref="DataHasNoRoomException">The disk has no room for the list.</exception>
    public async Task<DownloadState> BeginAsync(CancellationToken cancellationToken)
    {
        if (node.Network.Access is NetworkAccess.None)
        {
            throw new DownloadFailedException(
                "The data cannot be read where it is (`mode: stream`): the pool gives commands no network (Pool__Network=none)."
            );
        }
        if (context.Task.DataAuthorities is { } pem)
        {
            var file = Path.Combine(context.Folders.Data, ListingFiles.Authorities);
            await File.WriteAllTextAsync(file, pem, cancellationToken);
            File.SetUnixFileMode(file, DataFiles.Mode);
        }
        var written = await WriteAsync(cancellationToken);
        context.Log.AppendLine(
            $"Data: {Number(written.Objects)} objects, {ProgressText.Size(written.Bytes)}, stay in the bucket; DATA_LISTING has their addresses."
        );
        return new DownloadState
        {
            IsListed = true,
            ListedObjects = written.Objects,
            ListedBytes = written.Bytes,
            FetchedObjects = 0,
            FetchedBytes = 0,
            SharedObjects = 0,
            SharedBytes = 0,
        };
    }

    /// <summary>
    /// Rewrites the list at half of the time that its addresses have left. Never fails: an error goes to the run's log,
    /// and the next try follows.
    /// </summary>
    public async Task RefreshUntilAsync(CancellationToken ended)
    {
        var pause = Half();
        while (await WaitAsync(pause, ended))
        {
            try
            {
                await WriteAsync(ended);
                pause = Half();
            }
            catch (Exception) when (ended.IsCancellationRequested || context.Stop.Lost.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
                when (e
                        is DownloadFailedException
                            or DataHasNoRoomException
                            or IOException
                            or UnauthorizedAccessException
                )
            {
                Tell(e.Message);
                pause = AfterFailure;
            }
        }
    }

    private async Task<WrittenListing> WriteAsync(CancellationToken cancellationToken)
    {
        var written = await _listing.WriteAsync(cancellationToken);
        _expires = written.Expires;
        return written;
    }

    private void Tell(string why)
    {
        var expires = _expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        context.Log.AppendLine(
            $"Data: DATA_LISTING could not be written anew, which is tried again; its first addresses expire at {expires}: {PrintableText.Of(why)}"
        );
    }

    // The list of an empty bucket has no addresses that could expire.
    private TimeSpan Half()
    {
        var left = _expires == DateTimeOffset.MaxValue ? TimeSpan.FromHours(1) : _expires - node.Time.GetUtcNow();
        return left / 2 > Shortest ? left / 2 : Shortest;
    }

    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken ended)
    {
        await Task.Delay(pause, node.Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !ended.IsCancellationRequested;
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
