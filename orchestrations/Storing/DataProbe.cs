using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// Looks for a run's data before the run waits for a node, and reads one byte: permission to list does not imply
/// permission to read.
/// </summary>
internal sealed class DataProbe(IObjectStore store, DataStoreReference data)
{
    private const int Looks = 1000;

    // Some seconds for a usual store.
    private const int MostPages = 20;
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromMinutes(1);
    private readonly ObjectSelection _selection = new(data);

    /// <returns>False when the selected part of the bucket is empty.</returns>
    public async Task<bool> HasDataAsync(CancellationToken cancellationToken)
    {
        string? continuation = null;
        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await store.ListAsync(data.Bucket, _selection.Prefix, continuation, Looks, cancellationToken);
            var chosen = page.Objects.Where(o => _selection.NameOf(o.Key) is not null).ToList();
            if (chosen.Find(o => o.Bytes > 0 && IsUsual(o.Key)) is { } first)
            {
                await ReadAsync(first.Key, cancellationToken);
            }
            if (chosen.Count > 0 || page.Continuation is null)
            {
                return chosen.Count > 0 || IsAllOfTheBucket;
            }
            continuation = page.Continuation;
        }
        // Later pages may contain matching objects.
        return true;
    }

    /// <summary>
    /// Why the data cannot be streamed from its bucket; null when it can, or when streaming was not asked for.
    /// </summary>
    public async Task<RunReason?> StreamRefusalAsync(CancellationToken cancellationToken)
    {
        // Any key will do: presigning does not need an existing object.
        var canStream =
            data.Mode is not DataMode.Stream
            || await store.PresignReadAsync(data.Bucket, "any", AddressLifetime, cancellationToken) is not null;
        return canStream
            ? null
            : RunReason.User(
                "stream_impossible",
                $"`mode: stream` needs addresses that expire, and the store of bucket '{data.Bucket}' gives none with these credentials"
            );
    }

    /// <summary>The reason for refusing a run whose data is missing.</summary>
    public static RunReason NothingThere(DataStoreReference data)
    {
        var place = data.Prefix is { } prefix
            ? $"below '{prefix}' in bucket '{data.Bucket}'"
            : $"in bucket '{data.Bucket}'";
        var patterns = data.Include.Count + data.Exclude.Count > 0 ? " that `include` and `exclude` choose" : "";
        return RunReason.User("data_empty", $"there is nothing {place}{patterns}");
    }

    // Not every server can be asked for any other, and no node gets one as a file.
    private static bool IsUsual(string key) => !key.StartsWith('/') && !DataKeys.LeadsElsewhere(key);

    // An empty bucket is accepted when all of it is selected: the run may need no data.
    private bool IsAllOfTheBucket => data is { Prefix: null, Include.Count: 0, Exclude.Count: 0 };

    private async Task ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await store.OpenReadAsync(data.Bucket, key, 0, 1, cancellationToken);
            _ = await content.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.ObjectNotFound)
        {
            // The object was deleted after it was listed.
        }
    }
}
