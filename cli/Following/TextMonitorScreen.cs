using System.Text.Json;
using Trainyard.Cli.Json;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>The documented <c>monitor</c>: <c>Status:</c> lines between the lines of the log.</summary>
internal sealed class TextMonitorScreen(Terminal terminal, MonitorScope scope) : IMonitorScreen
{
    private string? _phase;
    private bool _isInLine;
    private double _percent = -LeastStep;

    public void Start(RunId id)
    {
        if (scope is MonitorScope.Everything)
        {
            terminal.Line($"Starting to fetch status messages for model-id '{id}'");
        }
    }

    public void Print(RunEvent item)
    {
        if (item.Kind is RunEvent.Log && scope is not MonitorScope.Metrics)
        {
            PrintLog(item.Learner is { } learner ? $"{LearnerFiles.Folder(learner)}: {item.Data}" : item.Data);
        }
        else if (item.Kind is RunEvent.Metric && scope is MonitorScope.Metrics)
        {
            terminal.Line(MetricLine.Of(item.Data));
        }
        else if (item.Kind is RunEvent.Status && scope is MonitorScope.Everything)
        {
            PrintStatus(JsonSerializer.Deserialize(item.Data, CliJson.Wire.StatusEvent)!);
        }
        else if (item.Kind is RunEvent.Progress && scope is MonitorScope.Everything)
        {
            PrintProgress(JsonSerializer.Deserialize(item.Data, CliJson.Wire.ProgressResource)!);
        }
    }

    // Progress is printed in steps of at least 10 percent, which is enough to show that the run moves.
    private const double LeastStep = 10;

    private void PrintProgress(ProgressResource progress)
    {
        if (progress.Percent is { } percent && percent < _percent + LeastStep && percent < 100)
        {
            return;
        }
        _percent = progress.Percent ?? _percent;
        if (_isInLine)
        {
            PrintLog("\n");
        }
        terminal.Line($"Progress: {Words.Progress(progress)}");
    }

    public void Finish(RunResource run)
    {
        if (scope is MonitorScope.Everything)
        {
            terminal.Line($"Results: {ResultsLine.Of(run)}");
        }
    }

    private void PrintLog(string text)
    {
        terminal.Log(text);
        _isInLine = !text.EndsWith('\n');
    }

    // When the queue moves, only the reason changes, so the phase is not printed again.
    private void PrintStatus(StatusEvent status)
    {
        if (_isInLine)
        {
            PrintLog("\n");
        }
        if (status.Phase != _phase)
        {
            terminal.Line($"Status: {terminal.Paint(status.Phase, Words.ColourOf(status.Phase))}");
        }
        _phase = status.Phase;
        if (ReasonLine.Of(status.Reason) is { } reason)
        {
            terminal.Line(terminal.Paint($"  {reason}", Colour.Dim));
        }
    }
}
