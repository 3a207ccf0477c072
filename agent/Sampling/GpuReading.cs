using System.Globalization;

namespace Trainyard.Agent.Sampling;

/// <summary>What the driver says of one GPU now; each null where it does not say.</summary>
internal sealed record GpuReading
{
    /// <summary>What is asked, in the order of the answer's columns.</summary>
    public const string Columns =
        "uuid,utilization.gpu,memory.used,power.draw,temperature.gpu,ecc.errors.uncorrected.volatile.total";

    public required string Uuid { get; init; }

    public double? Percent { get; init; }

    public long? MemoryBytes { get; init; }

    public double? Watts { get; init; }

    public double? Celsius { get; init; }

    /// <summary>Memory errors that could not be mended, since the driver began.</summary>
    public long? Errors { get; init; }

    /// <summary>The answer, without its heading and units. <c>[N/A]</c> stands for what a GPU does not have.</summary>
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
