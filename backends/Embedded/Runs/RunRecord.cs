using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Runs;

/// <summary>Converts a training run to and from its stored text.</summary>
internal static class RunRecord
{
    public static string Write(TrainingRun run) => JsonSerializer.Serialize(run, WireJson.Options);

    public static TrainingRun Read(string text) =>
        JsonSerializer.Deserialize<TrainingRun>(text, WireJson.Options)
        ?? throw new InvalidDataException("The record of a run is empty.");
}
