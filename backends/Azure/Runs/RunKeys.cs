using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>
/// Keys of the table of runs. A record is in its owner's partition, newest first. A run's pointer says where its
/// record is. Two partitions hold the places of all owners' runs: live runs, newest first, and ended runs, oldest end
/// first.
/// </summary>
internal static class RunKeys
{
    public const string Live = "live";
    public const string Ended = "ended";

    /// <summary>The partition of ended runs with a retention of their own, by the time of their purge.</summary>
    public const string Purges = "purge";

    public const string Pointer = "pointer";

    /// <summary>The partition of an owner's records.</summary>
    public static string Records(Owner owner) => $"owner-{owner}";

    /// <summary>The partition of a record: runs of an array are not among their owner's, but by themselves.</summary>
    public static string Records(TrainingRun run) =>
        run.Element is { } element ? $"array-{element.ArrayId}" : Records(run.Owner);

    /// <summary>The partition of a run's pointer.</summary>
    public static string PointerOf(RunId id) => $"id-{id}";

    /// <summary>The key of a record: sorts newest first, then by id.</summary>
    public static string Record(TrainingRun run) => Record(run.SubmittedAt.UtcTicks, run.Id);

    public static string Record(long submittedTicks, RunId id) => $"{RowKeys.NewestFirst(submittedTicks)}-{id}";

    public static string End(DateTimeOffset at) => RowKeys.OldestFirst(at.UtcTicks);

    public static string End(DateTimeOffset at, RunId id) => $"{End(at)}-{id}";
}
