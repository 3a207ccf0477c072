using System.Text.Json;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Runs;

/// <summary>
/// A training run as a row: searched fields have a column, the rest is JSON, in pieces of at most 60 KiB because a
/// column holds 64 KiB.
/// </summary>
internal static class RunEntity
{
    public const string Phase = nameof(Phase);
    public const string FinishedAt = nameof(FinishedAt);

    private const int PieceBytes = 60 * 1024;
    private const string Pieces = nameof(Pieces);

    public static TableEntity Write(TrainingRun run)
    {
        var entity = new TableEntity(RunKeys.Records(run), RunKeys.Record(run)) { [Phase] = run.Phase.ToString() };
        if (run.FinishedAt is { } end)
        {
            entity[FinishedAt] = end.UtcTicks;
        }
        var pieces = JsonSerializer.SerializeToUtf8Bytes(run, WireJson.Options).Chunk(PieceBytes).ToList();
        entity[Pieces] = pieces.Count;
        for (var i = 0; i < pieces.Count; i++)
        {
            entity[NameOf(i)] = pieces[i];
        }
        return entity;
    }

    public static TrainingRun Read(TableEntity entity)
    {
        var json = new MemoryStream();
        for (var i = 0; i < entity.GetInt32(Pieces); i++)
        {
            json.Write(entity.GetBinary(NameOf(i)));
        }
        return JsonSerializer.Deserialize<TrainingRun>(json.GetBuffer().AsSpan(0, (int)json.Length), WireJson.Options)
            ?? throw new InvalidDataException("The record of a run is empty.");
    }

    private static string NameOf(int piece) => $"Record{piece:D2}";
}
