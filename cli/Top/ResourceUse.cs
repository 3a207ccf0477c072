using System.Globalization;
using System.Text.Json;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Top;

/// <summary>A run's use of its node at the last measurement; a value is null when it was not measured.</summary>
internal sealed record ResourceUse(double? CpuPercent, double? MemoryBytes, double? GpuPercent, double? GpuMemoryBytes)
{
    public static ResourceUse Unknown { get; } = new(null, null, null, null);

    public string Cpu => Percent(CpuPercent);

    public string Memory => Size(MemoryBytes);

    /// <summary>The load of the busiest GPU.</summary>
    public string Gpu => Percent(GpuPercent);

    /// <summary>The memory use of the run's fullest GPU.</summary>
    public string GpuMemory => Size(GpuMemoryBytes);

    /// <summary>Reads the use from the last record of the run's group <c>system</c>.</summary>
    public static ResourceUse Parse(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            var values = json.RootElement.GetProperty("values").EnumerateObject().ToList();
            return new ResourceUse(
                Greatest(values, name => name == "cpu_percent"),
                Greatest(values, name => name == "memory_bytes"),
                Greatest(values, name => IsOfGpu(name, "_percent")),
                Greatest(values, name => IsOfGpu(name, "_memory_bytes"))
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Unknown;
        }
    }

    private static bool IsOfGpu(string name, string what) =>
        name.StartsWith("gpu", StringComparison.Ordinal) && name.EndsWith(what, StringComparison.Ordinal);

    private static double? Greatest(List<JsonProperty> values, Func<string, bool> isWanted) =>
        values.Where(value => isWanted(value.Name)).Max(value => Number(value.Value));

    private static double? Number(JsonElement value) =>
        double.TryParse(
            value.GetProperty("value").GetString(),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    private static string Percent(double? value) =>
        value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0}%") : "";

    private static string Size(double? bytes) => bytes is { } known and < 1e18 ? Words.Size((long)known) : "";
}
