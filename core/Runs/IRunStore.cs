using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>The records of training runs. Every write is conditional; nothing is ever silently overwritten.</summary>
public interface IRunStore
{
    /// <summary>Keeps a new record; false when a run with this id exists already (nothing is changed then).</summary>
    Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken);

    /// <summary>The record and its version, or null.</summary>
    Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a record that still has the version it was read with; false when it was changed or deleted since.
    /// </summary>
    Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken);

    /// <summary>Removes a record; does nothing when there is none.</summary>
    Task DeleteAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>A page of records, newest first by <see cref="TrainingRun.SubmittedAt"/>.</summary>
    Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The ended runs whose retention is over: their own, or else the given one. Found without reading other runs.
    /// Each may be deleted as soon as it is returned.
    /// </summary>
    IAsyncEnumerable<TrainingRun> ListPurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        CancellationToken cancellationToken
    );
}

/// <summary>A record and the opaque version it was read with.</summary>
public sealed record VersionedRun(TrainingRun Run, string Version);

/// <summary>Which records to list. A filter that is null is not applied.</summary>
public sealed record RunQuery
{
    /// <summary>Only this owner's runs, and not those that are elements of an array.</summary>
    public Owner? Owner { get; init; }

    /// <summary>Only runs in one of these phases.</summary>
    public IReadOnlyList<RunPhase>? Phases { get; init; }

    /// <summary>At most this many records a page, 1 to 1,000.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>The continuation of the page before; null for the first page.</summary>
    public string? Continuation { get; init; }
}

/// <summary>A page of records and the continuation of the next page, null on the last.</summary>
public sealed record RunPage(IReadOnlyList<TrainingRun> Runs, string? Continuation);

/// <summary>The text given as a continuation was not made by this store. The caller's mistake: 400, not 500.</summary>
public sealed class InvalidContinuationException()
    : ArgumentException("The continuation is not one that this service gave out.");
