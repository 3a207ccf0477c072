using System.Text;
using System.Text.Json;
using Trainyard.Agent.Progress;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Output lines that a program can print without any library: <c>::metrics {"step": 3, "loss": 0.5}</c> and
/// <c>::progress 3/10</c>.
/// </summary>
/// <param name="metrics">Gets the records; null when the manifest wants none.</param>
/// <param name="progress">Gets the command's progress.</param>
internal sealed class MarkedLines(MetricsSink? metrics, CommandProgress progress)
{
    private const string MetricsMark = "::metrics ";
    private const string ProgressMark = "::progress ";

    /// <summary>Whether any such line occurred.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Handles an output line of any kind.</summary>
    public void Take(string line)
    {
        if (line.StartsWith(MetricsMark, StringComparison.Ordinal))
        {
            WasUsed = true;
            if (metrics is not null)
            {
                TakeMetrics(metrics, line[MetricsMark.Length..].Trim());
            }
        }
        else if (line.StartsWith(ProgressMark, StringComparison.Ordinal))
        {
            WasUsed = true;
            TakeProgress(line[ProgressMark.Length..].Trim());
        }
    }

    private static void TakeMetrics(MetricsSink sink, string text)
    {
        using var json = Parse(text);
        if (json is null)
        {
            sink.Refuse("the output", text, "what follows ::metrics is no JSON object");
        }
        else if (FlatRecord.Read(json.RootElement) is { Values.Count: > 0 } record)
        {
            sink.Add(record);
        }
        else
        {
            sink.Refuse("the output", text, "it measures nothing");
        }
    }

    private void TakeProgress(string text)
    {
        using var json = text.StartsWith('{') ? Parse(text) : null;
        var told = json is null ? ReportedProgress.Parse(text) : ReportedProgress.Read(json.RootElement);
        if (told is null)
        {
            metrics?.Refuse("the output", text, "what follows ::progress tells none, such as 3/10 or 30%");
            return;
        }
        progress.Take(told);
        if (metrics is not null && json is not null && FlatRecord.ReadTrainerStatus(json.RootElement) is { } record)
        {
            metrics.Add(record);
        }
    }

    private static JsonDocument? Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var json = JsonDocument.Parse(MetricText.Repair(bytes) ?? bytes);
            if (json.RootElement.ValueKind is JsonValueKind.Object)
            {
                return json;
            }
            json.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
