using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Metrics;

/// <summary>One line of a run's metrics, as the programs of 2018 write them.</summary>
/// <param name="Group">The label of the group, such as <c>train</c>; empty without one.</param>
/// <param name="TimeMs">The time of writing, in milliseconds of Unix time; null when the line does not have
/// it.</param>
/// <param name="ETimes">The position in the training: iteration, epoch and the like.</param>
/// <param name="Values">The measured values.</param>
public sealed record MetricRecord(
    string Group,
    long? TimeMs,
    IReadOnlyDictionary<string, MetricValue> ETimes,
    IReadOnlyDictionary<string, MetricValue> Values
)
{
    // Any of these counters gives the position in the training.
    private static readonly string[] Counters = ["iteration", "global_step", "step", "epoch"];

    /// <summary>The iteration; 0 when the record has none.</summary>
    public long Iteration =>
        Counters.Select(name => ETimes.GetValueOrDefault(name)?.Number).FirstOrDefault(n => n is not null) is { } number
        && Math.Abs(number) < long.MaxValue / 2
            ? (long)number
            : 0;

    /// <summary>Parses a line. Returns false for a line that is no record, because user code writes metrics.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out MetricRecord? record)
    {
        record = Parse(line) ?? (MetricText.Repair(line.Span) is { } repaired ? Parse(repaired) : null);
        return record is not null;
    }

    /// <summary>The records among some whole lines.</summary>
    public static IEnumerable<MetricRecord> ReadLines(ReadOnlyMemory<byte> lines)
    {
        for (var rest = lines; rest.Length > 0; )
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = rest[Math.Min(rest.Length, line.Length + 1)..];
            if (TryParse(line, out var record))
            {
                yield return record;
            }
        }
    }

    private static MetricRecord? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind is JsonValueKind.Object ? Read(json.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static MetricRecord Read(JsonElement root)
    {
        var meta = Find(root, "meta");
        return new MetricRecord(
            TextOf(Find(root, "grouplabel")) ?? "",
            TimeOf(Find(meta, "time")),
            ValuesOf(Find(root, "etimes")),
            ValuesOf(Find(root, "values"))
        );
    }

    private static Dictionary<string, MetricValue> ValuesOf(JsonElement? map) =>
        map is { ValueKind: JsonValueKind.Object } known
            ? known
                .EnumerateObject()
                .GroupBy(entry => entry.Name)
                .ToDictionary(entries => entries.Key, entries => MetricValue.Of(entries.Last().Value))
            : [];

    private static JsonElement? Find(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(name, out var value) ? value : null;

    private static string? TextOf(JsonElement? value) =>
        value?.ValueKind switch
        {
            JsonValueKind.String => value.Value.GetString(),
            JsonValueKind.Number => value.Value.GetRawText(),
            _ => null,
        };

    // Accepts a number of milliseconds, also as a text, or a date.
    private static long? TimeOf(JsonElement? value)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var text = TextOf(value);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms))
        {
            return ms is > 0 and < 253_402_300_800_000 ? (long)ms : null;
        }
        return
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out var date)
            && date > DateTimeOffset.UnixEpoch
            ? date.ToUnixTimeMilliseconds()
            : null;
    }
}
