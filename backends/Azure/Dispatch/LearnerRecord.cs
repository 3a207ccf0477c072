using System.Text.Json;
using Azure.Data.Tables;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The lease of one learner of an attempt. The row of an attempt on one node has a column for each of these
/// properties, as in older versions; the row of one on several nodes has them all in one column.
/// </summary>
internal sealed record LearnerRecord
{
    private const string Column = "Learners";

    /// <summary>The number of the learner, from 1.</summary>
    public required int Learner { get; init; }

    public required string Node { get; init; }

    public required int Slots { get; init; }

    /// <summary>SHA-256 of the lease token.</summary>
    public byte[]? TokenHash { get; init; }

    /// <summary>In ticks of 100 ns since year 1, UTC.</summary>
    public required long ExpiresAt { get; init; }

    public bool Renewed { get; init; }

    public static void Write(TableEntity entity, IReadOnlyList<LearnerRecord> learners, int nodes)
    {
        var first = learners.Count == 0 ? null : learners[0];
        entity[nameof(Slots)] = first?.Slots ?? 0;
        entity[nameof(Renewed)] = first?.Renewed ?? false;
        if (first is null)
        {
            return;
        }
        entity[nameof(Node)] = first.Node;
        if (nodes > 1)
        {
            entity[Column] = JsonSerializer.Serialize(learners);
            return;
        }
        entity[nameof(ExpiresAt)] = first.ExpiresAt;
        if (first.TokenHash is { } hash)
        {
            entity[nameof(TokenHash)] = hash;
        }
    }

    public static IReadOnlyList<LearnerRecord> Read(TableEntity entity)
    {
        if (entity.GetString(Column) is { } text)
        {
            return JsonSerializer.Deserialize<List<LearnerRecord>>(text) ?? [];
        }
        return entity.GetString(nameof(Node)) is { } node
            ?
            [
                new LearnerRecord
                {
                    Learner = 1,
                    Node = node,
                    Slots = entity.GetInt32(nameof(Slots))!.Value,
                    TokenHash = entity.GetBinary(nameof(TokenHash)),
                    ExpiresAt = entity.GetInt64(nameof(ExpiresAt)) ?? 0,
                    Renewed = entity.GetBoolean(nameof(Renewed))!.Value,
                },
            ]
            : [];
    }
}
