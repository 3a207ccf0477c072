using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Reads <c>val_dict_list.json</c> in RESULT_DIR, which IBM's helper writes at its end: a list of <c>{"steps": 10,
/// "accuracy": 0.9}</c>, which become records of the group <c>test</c>.
/// </summary>
internal static class ValidationList
{
    public const string FileName = "val_dict_list.json";
    private const string Group = "test";
    private const int LargestFile = 16 * 1024 * 1024;

    /// <summary>
    /// Reads the file, unless the group already has records: the helper also writes them to the metrics file.
    /// </summary>
    public static void Read(SafeFileHandle file, MetricsSink sink)
    {
        var length = RandomAccess.GetLength(file);
        if (sink.Has(Group) || length is 0 or > LargestFile)
        {
            return;
        }
        var bytes = new byte[length];
        var read = RandomAccess.Read(file, bytes, 0);
        try
        {
            using var json = JsonDocument.Parse(MetricText.Repair(bytes.AsSpan(0, read)) ?? bytes.AsMemory(0, read));
            if (json.RootElement.ValueKind is JsonValueKind.Array)
            {
                foreach (var entry in json.RootElement.EnumerateArray())
                {
                    Add(entry, sink);
                }
            }
        }
        catch (JsonException)
        {
            sink.Refuse(FileName, "[…]", "it is no JSON");
        }
    }

    private static void Add(JsonElement entry, MetricsSink sink)
    {
        if (entry.ValueKind is not JsonValueKind.Object)
        {
            return;
        }
        var flat = FlatRecord.Read(entry);
        var steps = flat.Values.Where(value => value.Name == "steps").ToList();
        sink.Add(
            new ExtractedRecord(Group)
            {
                ETimes = [.. steps.Select(step => step with { Name = "iteration" }), .. flat.ETimes],
                Values = [.. flat.Values.Except(steps)],
            }
        );
    }
}
