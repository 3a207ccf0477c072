using System.Globalization;
using System.Text.Json;

namespace Trainyard.Agent.Metrics;

/// <summary>Reads records that consist only of names and numbers.</summary>
internal static class FlatRecord
{
    private const string TrainGroup = "train";
    private static readonly string[] Groups = ["group", "grouplabel"];
    private static readonly string[] Times = ["iteration", "global_step", "step", "epoch"];

    /// <summary>
    /// Reads <c>{"group": "test", "step": 3, "loss": 0.5}</c>: the step counter becomes the time, all else is a
    /// measurement.
    /// </summary>
    public static ExtractedRecord Read(JsonElement flat)
    {
        var group = Groups.Select(name => TextAt(flat, name)).FirstOrDefault(text => text is not null);
        var record = new ExtractedRecord(group ?? TrainGroup);
        foreach (var property in flat.EnumerateObject().Where(property => !Groups.Contains(property.Name)))
        {
            if (ValueOf(property.Name, property.Value) is { } value)
            {
                (Times.Contains(property.Name) ? record.ETimes : record.Values).Add(value);
            }
        }
        return record;
    }

    /// <summary>Reads the metrics in a status of Kubeflow's trainer; null without any.</summary>
    public static ExtractedRecord? ReadTrainerStatus(JsonElement status)
    {
        status = status.TryGetProperty("trainerStatus", out var inner) ? inner : status;
        if (
            status.ValueKind is not JsonValueKind.Object
            || !status.TryGetProperty("metrics", out var metrics)
            || metrics.ValueKind is not JsonValueKind.Array
        )
        {
            return null;
        }
        var record = new ExtractedRecord(TrainGroup);
        foreach (var metric in metrics.EnumerateArray())
        {
            if (TextAt(metric, "name") is { Length: > 0 } name && TextAt(metric, "value") is { } value)
            {
                Add(record, name, value);
            }
        }
        return record;
    }

    private static void Add(ExtractedRecord record, string name, string value)
    {
        var time = name switch
        {
            "currentStep" => "iteration",
            "currentEpoch" => "epoch",
            _ => null,
        };
        if (time is not null)
        {
            record.ETimes.Add(new ExtractedValue(time, ExtractedValue.Int, value));
        }
        else if (name is not ("totalSteps" or "totalEpochs"))
        {
            record.Values.Add(new ExtractedValue(name, TypeOf(value), value));
        }
    }

    private static ExtractedValue? ValueOf(string name, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number => new ExtractedValue(name, TypeOf(value.GetRawText()), value.GetRawText()),
            // Numbers that JSON cannot express, such as NaN, come as text.
            JsonValueKind.String => new ExtractedValue(name, TypeOf(value.GetString()!), value.GetString()!),
            JsonValueKind.True => new ExtractedValue(name, ExtractedValue.Int, "1"),
            JsonValueKind.False => new ExtractedValue(name, ExtractedValue.Int, "0"),
            _ => new ExtractedValue(name, ExtractedValue.JsonString, value.GetRawText()),
        };

    private static string TypeOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? ExtractedValue.Int
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? ExtractedValue.Float
        : ExtractedValue.String;

    private static string? TextAt(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;
}
