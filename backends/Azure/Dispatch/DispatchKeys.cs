using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The rows of the queue. All are in one partition, so that an attempt and the rows by which it is found change together.
/// </summary>
internal static class DispatchKeys
{
    public const string Partition = "queue";

    /// <summary>The row that counts the attempts, for their age.</summary>
    public const string Counter = "counter";

    public const string Leases = "leased:";
    public const string Ends = "ended:";
    public const string Nodes = "node:";

    public static string Attempt(RunId id) => $"run:{id}";

    /// <summary>What waits in a pool.</summary>
    public static string Queue(string pool) => $"queued:{RowKeys.Encode(pool)}:";

    /// <summary>A place in the queue. Its last part is the age; the order is not that of the keys.</summary>
    public static string Place(AttemptRecord record) =>
        $"{Queue(record.Pool)}{(long)int.MaxValue - record.Priority:D10}:{record.Sequence:D19}";

    /// <summary>The leases of a node, and of those the lost ones.</summary>
    public static string LeasesOf(string node) => $"{Leases}{RowKeys.Encode(node)}:";

    public static string Lease(AttemptRecord record) => LeasesOf(record.Node!) + record.RunId;

    public static string End(long ticks) => Ends + RowKeys.OldestFirst(ticks);

    public static string End(AttemptRecord record) => $"{End(record.EndedAt!.Value)}:{record.RunId}";

    /// <summary>What is said of a pool as a whole.</summary>
    public static string Pool(string pool) => $"pool:{RowKeys.Encode(pool)}";

    public static string Node(string node) => Nodes + RowKeys.Encode(node);
}
