using System.Globalization;

namespace Trainyard.Agent.Sampling;

/// <summary>The driver's current values for one GPU; unknown values are null.</summary>
internal sealed record GpuReading
{
    /// <summary>The queried columns, in the order of the answer.</summary>
    public const string Columns =
        "uuid,utilization.gpu,memory.used,power.draw,temperature.gpu,ecc.errors.uncorrected.volatile.total";

    public required string Uuid { get; init; }

    public double? Percent { get; init; }

    public long? MemoryBytes { get; init; }

    public double? Watts { get; init; }

    public double? Celsius { get; init; }

    /// <summary>The number of uncorrected memory errors since the driver started.</summary>
    public long? Errors { get; init; }

    /// <summary>
    /// Parses an answer without heading and units. <c>[N/A]</c> stands for a value that the GPU does not have.
    /// </summary>
    public static IReadOnlyList<GpuReading> ParseAll(string answer) =>
        [
            .. answer
                .Split('\n')
                .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
                .Where(parts => parts.Length == 6 && parts[0].StartsWith("GPU-", StringComparison.Ordinal))
                .Select(parts => new GpuReading
                {
                    Uuid = parts[0],
                    Percent = Number(parts[1]),
                    MemoryBytes = Number(parts[2]) is { } mebibytes ? (long)mebibytes << 20 : null,
                    Watts = Number(parts[3]),
                    Celsius = Number(parts[4]),
                    Errors = (long?)Number(parts[5]),
                }),
        ];

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and < 1e12
            ? number
            : null;
}
