using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>Records of one kind. Every write is conditional; nothing is ever silently overwritten.</summary>
public interface IRecordStore<T>
    where T : OwnedRecord
{
    /// <summary>Keeps a new record; false when there is one of this id already (nothing is changed then).</summary>
    Task<bool> CreateAsync(T record, CancellationToken cancellationToken);

    /// <summary>The owner's record and its version, or null.</summary>
    Task<Versioned<T>?> GetAsync(Owner owner, Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a record that still has the version it was read with; false when somebody else changed or deleted it since.
    /// </summary>
    Task<bool> UpdateAsync(Versioned<T> record, CancellationToken cancellationToken);

    /// <summary>Removes a record; does nothing when there is none.</summary>
    Task DeleteAsync(Owner owner, Guid id, CancellationToken cancellationToken);

    /// <summary>A page of an owner's records, newest first.</summary>
    Task<RecordPage<T>> QueryAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>The open records of all owners.</summary>
    IAsyncEnumerable<T> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The records of all owners that were closed at or before an instant. Each may be deleted as soon as it is
    /// returned.
    /// </summary>
    IAsyncEnumerable<T> ListClosedAsync(DateTimeOffset until, CancellationToken cancellationToken);
}

/// <summary>A record and the opaque version it was read with.</summary>
public sealed record Versioned<T>(T Record, string Version)
    where T : OwnedRecord;

/// <summary>Which records to list.</summary>
public sealed record RecordQuery
{
    public required Owner Owner { get; init; }

    /// <summary>Only records with this parent.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>At most this many records a page, 1 to 1,000.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>The continuation of the page before; null for the first page.</summary>
    public string? Continuation { get; init; }
}

/// <summary>A page of records and the continuation of the next page, null on the last.</summary>
public sealed record RecordPage<T>(IReadOnlyList<T> Records, string? Continuation)
    where T : OwnedRecord;

/// <summary>Paging that is common to all record stores.</summary>
public static class RecordPages
{
    private const int MostRecords = 1000;

    /// <summary>Makes a page of the records read: one more than the page size when there is another page.</summary>
    public static RecordPage<T> Of<T>(List<T> read, int pageSize)
        where T : OwnedRecord
    {
        if (read.Count <= pageSize)
        {
            return new(read, null);
        }
        read.RemoveRange(pageSize, read.Count - pageSize);
        return new(read, read[^1].Id.ToString("N"));
    }

    /// <summary>The last id of the page before; null for the first page.</summary>
    /// <exception cref="Runs.InvalidContinuationException">The text is not a valid continuation.</exception>
    public static Guid? After(RecordQuery query)
    {
        if (query.PageSize is < 1 or > MostRecords)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PageSize, "A page holds 1 to 1,000 records.");
        }
        return query.Continuation is not { } text ? null
            : Guid.TryParseExact(text, "N", out var id) ? id
            : throw new Runs.InvalidContinuationException();
    }
}
