using System.IO.Hashing;
using System.Text;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// Keys of the queue's rows. An attempt and its index rows share a partition, so that they change in one transaction.
/// Attempts are spread over partitions by run id, nodes by name.
/// </summary>
internal static class DispatchKeys
{
    /// <summary>The single partition of older versions; attempts still in it stay in it.</summary>
    public const string OldPartition = "queue";

    public const string Queued = "queued:";
    public const string Leases = "leased:";
    public const string Ends = "ended:";

    /// <summary>Prefix of a node's key, in the node's partition or in the old one.</summary>
    public const string Nodes = "node:";

    /// <summary>The partitions of nodes, of usage and of changes.</summary>
    public const string NodePartitions = "node:";
    public const string UsagePartitions = "usage:";
    public const string LogPartitions = "log:";

    /// <summary>The partition with the nodes that wait, a row for each instance of the service.</summary>
    public const string Waiting = "waiting";

    private const string PoolPartition = "pool:";
    private const uint Partitions = 16;

    // One partition takes the changes of this time span.
    private static readonly TimeSpan LogBucket = TimeSpan.FromSeconds(10);

    /// <summary>The partitions of attempts, the old one last.</summary>
    public static IEnumerable<string> AttemptPartitions =>
        Enumerable.Range(0, (int)Partitions).Select(i => $"runs:{i:D2}").Append(OldPartition);

    public static string PartitionOf(RunId id) => $"runs:{HashOf(id.ToString()):D2}";

    public static string PartitionOfNode(string node) => $"{NodePartitions}{HashOf(node):D2}";

    public static string PartitionOfUsage(string owner) => $"{UsagePartitions}{HashOf(owner):D2}";

    public static string PartitionOfPool(string pool) => PoolPartition + RowKeys.Encode(pool);

    /// <summary>The partition for changes made at a time.</summary>
    public static string LogAt(long ticks) => LogPartitions + RowKeys.OldestFirst(ticks / LogBucket.Ticks);

    public static string Attempt(RunId id) => $"run:{id}";

    /// <summary>The key of a waiting attempt's index row.</summary>
    public static string Place(AttemptRecord record)
    {
        var place =
            $"{Queued}{RowKeys.Encode(record.Pool)}:{(long)int.MaxValue - record.Priority:D10}:{record.Sequence:D19}";
        return record.Partition == OldPartition ? place : $"{place}:{record.RunId}";
    }

    public static string Lease(AttemptRecord record) => $"{LeasesOf(record.Learners[0].Node)}{record.RunId}";

    /// <summary>Prefix of a node's leases in a partition of attempts.</summary>
    public static string LeasesOf(string node) => $"{Leases}{RowKeys.Encode(node)}:";

    /// <summary>Prefix of the runs that nodes hold, in the partitions of the nodes.</summary>
    public const string Held = "held:";

    public static string End(long ticks) => Ends + RowKeys.OldestFirst(ticks);

    public static string End(AttemptRecord record) => $"{End(record.EndedAt!.Value)}:{record.RunId}";

    public static string Node(string node) => Nodes + RowKeys.Encode(node);

    private static uint HashOf(string text) => Crc32.HashToUInt32(Encoding.UTF8.GetBytes(text)) % Partitions;
}
