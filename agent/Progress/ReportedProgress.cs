using System.Globalization;
using System.Text.Json;

namespace Trainyard.Agent.Progress;

/// <summary>The progress that a command reports; unknown parts are null.</summary>
internal sealed record ReportedProgress
{
    public long? Step { get; init; }

    public long? Steps { get; init; }

    /// <summary>0 to 100.</summary>
    public double? Percent { get; init; }

    public double? SecondsLeft { get; init; }

    private bool IsEmpty => Step is null && Percent is null && SecondsLeft is null;

    /// <summary>Parses <c>3/10</c>, <c>30%</c> or <c>3</c>; null for any other text.</summary>
    public static ReportedProgress? Parse(string text)
    {
        if (text.EndsWith('%'))
        {
            return Number(text[..^1].Trim()) is { } percent
                ? Checked(new ReportedProgress { Percent = percent })
                : null;
        }
        var parts = text.Split('/', 2, StringSplitOptions.TrimEntries);
        var step = Count(Number(parts[0]));
        var steps = parts.Length == 2 ? Count(Number(parts[1])) : null;
        return step is null || (parts.Length == 2 && steps is null)
            ? null
            : Checked(new ReportedProgress { Step = step, Steps = steps });
    }

    /// <summary>
    /// Reads the agent's own field names, or those of Kubeflow's trainer status; null when there are none.
    /// </summary>
    public static ReportedProgress? Read(JsonElement json)
    {
        var status = json.TryGetProperty("trainerStatus", out var inner) ? inner : json;
        if (status.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }
        var metrics = MetricsOf(status);
        return Checked(
            new ReportedProgress
            {
                Step = Count(At(status, "step") ?? Metric(metrics, "currentStep") ?? Metric(metrics, "currentEpoch")),
                Steps = Count(At(status, "steps") ?? Metric(metrics, "totalSteps") ?? Metric(metrics, "totalEpochs")),
                Percent = At(status, "percent") ?? At(status, "progressPercentage"),
                SecondsLeft = At(status, "seconds_left") ?? At(status, "estimatedRemainingSeconds"),
            }
        );
    }

    // Drops impossible values.
    private static ReportedProgress? Checked(ReportedProgress told)
    {
        var sure = told with
        {
            Steps = told.Steps is > 0 ? told.Steps : null,
            Percent = told.Percent is >= 0 and <= 100 ? told.Percent : null,
            SecondsLeft = told.SecondsLeft is >= 0 and < 1e10 ? told.SecondsLeft : null,
        };
        return sure.IsEmpty ? null : sure;
    }

    private static Dictionary<string, double> MetricsOf(JsonElement status)
    {
        var found = new Dictionary<string, double>();
        if (!status.TryGetProperty("metrics", out var metrics) || metrics.ValueKind is not JsonValueKind.Array)
        {
            return found;
        }
        foreach (var metric in metrics.EnumerateArray().Where(m => m.ValueKind is JsonValueKind.Object))
        {
            if (
                metric.TryGetProperty("name", out var name)
                && name.ValueKind is JsonValueKind.String
                && At(metric, "value") is { } value
            )
            {
                found[name.GetString()!] = value;
            }
        }
        return found;
    }

    private static double? Metric(Dictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? value : null;

    private static double? At(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.Number => Number(value.GetRawText()),
                JsonValueKind.String => Number(value.GetString()!),
                _ => null,
            }
            : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static long? Count(double? number) => number is >= 0 and < 1e15 ? (long)number : null;
}
