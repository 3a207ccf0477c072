using Azure;
using Azure.Data.Tables;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>Where a record is: its partition and its key. What pointers and indexes hold.</summary>
internal sealed record RunPlace(string Partition, string Key)
{
    /// <summary>When the row that says so was last written.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The row that says so.</summary>
    public (string Partition, string Key, ETag Version) Source { get; init; }

    public static RunPlace Of(TrainingRun run) => new(RunKeys.Records(run.Owner), RunKeys.Record(run));

    public static RunPlace Read(TableEntity row) =>
        new(row.GetString(nameof(Partition)), row.GetString(nameof(Key)))
        {
            WrittenAt = row.Timestamp,
            Source = (row.PartitionKey, row.RowKey, row.ETag),
        };

    public TableEntity ToEntity(string partition, string key) =>
        new(partition, key) { [nameof(Partition)] = Partition, [nameof(Key)] = Key };
}
