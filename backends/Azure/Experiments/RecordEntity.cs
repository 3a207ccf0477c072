using System.Text.Json;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;

namespace Trainyard.Backends.Azure.Experiments;

/// <summary>
/// A record as a row: searched fields have a column, the rest is JSON, in pieces of at most 60 KiB because a column
/// holds 64 KiB. A row holds 1 MiB, enough for a run of a thousand trials.
/// </summary>
internal static class RecordEntity
{
    public const string Kind = nameof(Kind);
    public const string Parent = nameof(Parent);
    public const string ClosedAt = nameof(ClosedAt);

    /// <summary>The column value for a time that is not set yet.</summary>
    public const long Open = long.MaxValue;

    private const int PieceBytes = 60 * 1024;
    private const string Pieces = nameof(Pieces);

    public static TableEntity Write<T>(T record, string kind, string partition, string key)
        where T : OwnedRecord
    {
        var entity = new TableEntity(partition, key) { [Kind] = kind, [ClosedAt] = record.ClosedAt?.UtcTicks ?? Open };
        if (record.ParentId is { } parent)
        {
            entity[Parent] = parent.ToString();
        }
        var pieces = JsonSerializer.SerializeToUtf8Bytes(record, WireJson.Options).Chunk(PieceBytes).ToList();
        entity[Pieces] = pieces.Count;
        for (var i = 0; i < pieces.Count; i++)
        {
            entity[NameOf(i)] = pieces[i];
        }
        return entity;
    }

    public static T Read<T>(TableEntity entity)
        where T : OwnedRecord
    {
        var json = new MemoryStream();
        for (var i = 0; i < entity.GetInt32(Pieces); i++)
        {
            json.Write(entity.GetBinary(NameOf(i)));
        }
        return JsonSerializer.Deserialize<T>(json.GetBuffer().AsSpan(0, (int)json.Length), WireJson.Options)
            ?? throw new InvalidDataException("A record is empty.");
    }

    private static string NameOf(int piece) => $"Record{piece:D2}";
}
