using System.Runtime.CompilerServices;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// An object of the data bucket, and the cursor of its page, with which a fresh address is requested.
/// </summary>
internal sealed record ListedObject(DataObject Object, string? Cursor);

/// <summary>A page of objects, and the lifetime of its addresses from the moment of the request.</summary>
internal sealed record ListedPage(IReadOnlyList<ListedObject> Objects, bool IsLast, TimeSpan Lifetime);

/// <summary>Reads the pages of the data bucket's listing.</summary>
internal sealed class DataObjects(AttemptClient client)
{
    public async IAsyncEnumerable<ListedPage> PagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await PageAsync(cursor, cancellationToken);
            yield return new ListedPage(
                [.. page.Objects.Select(item => new ListedObject(item, cursor))],
                page.Next is null,
                TimeSpan.FromSeconds(page.LifetimeSeconds)
            );
            cursor = page.Next;
        } while (cursor is not null);
    }

    /// <summary>Lists the object again, with an address that has not expired.</summary>
    public async Task<ListedObject> RefreshAsync(ListedObject listed, CancellationToken cancellationToken)
    {
        var page = await PageAsync(listed.Cursor, cancellationToken);
        var fresh = page.Objects.FirstOrDefault(o => o.Key == listed.Object.Key);
        return fresh is null
            ? throw new DownloadFailedException($"The object '{listed.Object.Key}' is not in the data bucket any more.")
            : listed with
            {
                Object = fresh,
            };
    }

    private async Task<DataPage> PageAsync(string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return await client.FetchAsync<DataPage>(client.Routes.Data(cursor), cancellationToken)
                ?? throw new DownloadFailedException("The service gave no list of the data bucket.");
        }
        catch (ServiceRefusedException e)
        {
            throw new DownloadFailedException($"The data bucket cannot be listed: {e.Message}") { Cause = e.Code };
        }
        catch (ServiceAwayException e)
        {
            throw new DownloadFailedException($"The data bucket cannot be listed: {e.Message}") { Cause = e.Code };
        }
    }
}

/// <summary>The data bucket could not be fetched. The message is for the run's owner.</summary>
internal sealed class DownloadFailedException(string message) : Exception(message)
{
    /// <summary>The code of the store's failure behind it, as of <see cref="DownloadCause"/>; null or empty for none.</summary>
    public string? Cause { get; init; }
}
