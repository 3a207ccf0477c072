using Azure;
using Azure.Data.Tables;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>The partition and key of a record, as pointers and indexes hold them.</summary>
internal sealed record RunPlace(string Partition, string Key)
{
    /// <summary>When the pointer's or index's row was last written.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The row of the pointer or index.</summary>
    public (string Partition, string Key, ETag Version) Source { get; init; }

    /// <summary>Whether the run has a retention of its own.</summary>
    public bool HasOwnRetention { get; init; }

    public static RunPlace Of(TrainingRun run) =>
        new(RunKeys.Records(run), RunKeys.Record(run)) { HasOwnRetention = run.Manifest.Retention is not null };

    public static RunPlace Read(TableEntity row) =>
        new(row.GetString(nameof(Partition)), row.GetString(nameof(Key)))
        {
            WrittenAt = row.Timestamp,
            HasOwnRetention = row.GetBoolean(nameof(HasOwnRetention)) ?? false,
            Source = (row.PartitionKey, row.RowKey, row.ETag),
        };

    public TableEntity ToEntity(string partition, string key) =>
        new(partition, key)
        {
            [nameof(Partition)] = Partition,
            [nameof(Key)] = Key,
            [nameof(HasOwnRetention)] = HasOwnRetention,
        };
}
