using System.Text.Json;
using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>What a place in the queue tells without a look at its attempt.</summary>
internal static class PlaceRow
{
    private const char Separator = ':';

    public static TableEntity Write(AttemptRecord record)
    {
        var row = new TableEntity(DispatchKeys.Partition, DispatchKeys.Place(record))
        {
            [nameof(AttemptRecord.RunId)] = record.RunId.ToString(),
            [nameof(AttemptRecord.Age)] = record.Age,
            [nameof(RunNeeds.Gpus)] = record.Needs.Gpus,
            [nameof(AttemptRecord.Needs)] = NeedsText.Write(record.Needs),
            [nameof(AttemptRecord.Owner)] = record.Owner,
            [nameof(AttemptRecord.Priority)] = record.Priority,
        };
        if (record.NotBefore is { } notBefore)
        {
            row[nameof(AttemptRecord.NotBefore)] = notBefore;
        }
        if (record.Avoided is { } avoided)
        {
            row[nameof(AttemptRecord.Avoided)] = avoided;
        }
        if (record.AvoidUntil is { } until)
        {
            row[nameof(AttemptRecord.AvoidUntil)] = until;
        }
        return row;
    }

    public static QueuedAttempt Read(TableEntity row)
    {
        var place = long.Parse(row.RowKey[(row.RowKey.LastIndexOf(Separator) + 1)..]);
        return new QueuedAttempt
        {
            RunId = RunId.Parse(row.GetString(nameof(AttemptRecord.RunId))),
            Sequence = place,
            // Rows of before there were these columns.
            Age = row.GetInt64(nameof(AttemptRecord.Age)) ?? place,
            Owner = row.GetString(nameof(AttemptRecord.Owner)) ?? "",
            Priority = row.GetInt32(nameof(AttemptRecord.Priority)) ?? 0,
            Needs = NeedsText.Read(
                row.GetString(nameof(AttemptRecord.Needs)),
                row.GetInt32(nameof(RunNeeds.Gpus))!.Value
            ),
            NotBefore = TimeOf(row.GetInt64(nameof(AttemptRecord.NotBefore))),
            Avoided = ReadAvoided(row.GetString(nameof(AttemptRecord.Avoided))),
            AvoidUntil = TimeOf(row.GetInt64(nameof(AttemptRecord.AvoidUntil))),
        };
    }

    /// <summary>The attempt with one more node that failed its run; the same when the node is known.</summary>
    public static AttemptRecord Avoid(AttemptRecord record, string node)
    {
        var avoided = ReadAvoided(record.Avoided);
        return avoided.Contains(node)
            ? record
            : record with
            {
                Avoided = JsonSerializer.Serialize<string[]>([.. avoided, node]),
            };
    }

    private static DateTimeOffset? TimeOf(long? ticks) =>
        ticks is { } value ? new DateTimeOffset(value, TimeSpan.Zero) : null;

    private static string[] ReadAvoided(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<string[]>(text) ?? [];
}
