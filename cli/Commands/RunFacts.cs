using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary>A run's facts: first the five of the documented <c>show</c>, then what else is known.</summary>
internal sealed class RunFacts(Terminal terminal)
{
    private readonly FactList facts = new(terminal);

    public void Print(RunResource run)
    {
        var status = run.Entity.Status;
        facts.Add("ModelId", run.Metadata.Guid);
        facts.Add("url", run.Metadata.Url);
        facts.Add("Name", run.Entity.ModelDefinition.Name);
        facts.Add("State", Words.State(status.State), Words.ColourOf(status.State));
        facts.Add("Submitted_at", Words.Time(status.SubmittedAt));
        PrintProgress(status);
        PrintDefinition(run.Entity.ModelDefinition);
        facts.Add("Data", Store(run.Entity.TrainingDataReference));
        facts.Add("Results", ResultsLine.Of(run));
        facts.Add("Labels", Labels(run.Entity.Labels));
        foreach (var notice in run.Entity.Notices ?? [])
        {
            facts.Add("Note", notice);
        }
        PrintFailure(status.Failure);
    }

    private void PrintFailure(FailureResource? failure)
    {
        if (failure is null)
        {
            return;
        }
        facts.Add("Why", failure.Summary);
        facts.Add("Peak_memory", failure.PeakMemoryBytes is { } peak ? Words.Size(peak) : null);
        foreach (var advice in failure.Advice)
        {
            facts.Add("Try", advice);
        }
        foreach (var line in failure.LogTail)
        {
            facts.Add("Log", line);
        }
    }

    private void PrintProgress(RunStatusResource status)
    {
        facts.Add("Started_at", Words.Time(status.RunningAt));
        facts.Add("Finished_at", Words.Time(status.FinishedAt));
        facts.Add("Phase", status.Phase);
        facts.Add("Reason", ReasonLine.Of(status));
        facts.Add("Queue", status.State is RunState.Pending && status.Reason is null ? QueueLine(status.Queue) : null);
        facts.Add("Node", status.Node);
        facts.Add("Attempt", status.Attempt > 1 ? status.Attempt.ToString(CultureInfo.InvariantCulture) : null);
        facts.Add("Usage", status.Usage is { CommandSeconds: > 0 } usage ? UsageLine(usage) : null);
    }

    private void PrintDefinition(ModelDefinitionResource definition)
    {
        facts.Add("Description", definition.Description);
        facts.Add("Framework", $"{definition.Framework.Name} {definition.Framework.Version}");
        facts.Add("Command", definition.Execution.Command);
        facts.Add("Compute", ComputeLine(definition.Execution.ComputeConfiguration));
    }

    private static string? QueueLine(QueueResource? queue) =>
        queue is null
            ? null
            : $"{queue.Ahead} ahead, needs {Words.Count(queue.NeededGpus, "GPU", "GPUs")}, {queue.FreeSlots} free";

    private static string UsageLine(UsageResource usage) =>
        $"command {Words.Duration(usage.CommandSeconds)}, GPU time {Words.Duration(usage.GpuSeconds)}";

    private static string ComputeLine(ComputeResource compute)
    {
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{Words.Count(compute.Gpus, "GPU", "GPUs")}, {compute.Cpus:0.##} CPUs, {Words.Size(compute.Memory)} memory"
        );
        var nodes = compute.Nodes > 1 ? $", {compute.Nodes} nodes" : "";
        return compute.Name is null ? size + nodes : $"{compute.Name} ({size}{nodes})";
    }

    private static string? Labels(IReadOnlyDictionary<string, string>? labels) =>
        labels is null ? null : string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"));

    private static string Store(StoreResource store) => $"{store.Location.Bucket} ({store.Type})";
}
