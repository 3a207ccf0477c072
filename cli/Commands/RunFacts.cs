using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary>A run's facts: first the five of the documented <c>show</c>, then all others that are known.</summary>
internal sealed class RunFacts(Terminal terminal)
{
    private readonly FactList _facts = new(terminal);

    public void Print(RunResource run)
    {
        var status = run.Entity.Status;
        _facts.Add("ModelId", run.Metadata.Guid);
        _facts.Add("url", run.Metadata.Url);
        _facts.Add("Name", run.Entity.ModelDefinition.Name);
        _facts.Add("State", Words.State(status.State), Words.ColourOf(status.State));
        _facts.Add("Submitted_at", Words.Time(status.SubmittedAt));
        PrintProgress(status);
        PrintDefinition(run.Entity.ModelDefinition);
        _facts.Add("Data", Store(run.Entity.TrainingDataReference));
        _facts.Add("Results", ResultsLine.Of(run));
        _facts.Add("Model", run.Entity.Status.ModelReleasedAt is { } at ? ReleasedLine(at) : null);
        PrintExperiment(run.Entity.Experiment);
        PrintArray(run.Entity.Array);
        _facts.Add("Labels", Labels(run.Entity.Labels));
        _facts.Add("Pool", run.Entity.Pool);
        _facts.Add("Requires", Labels(run.Entity.Requires));
        foreach (var notice in run.Entity.Notices ?? [])
        {
            _facts.Add("Note", notice);
        }
        PrintFailure(status.Failure);
    }

    private void PrintExperiment(RunExperimentResource? experiment)
    {
        if (experiment is null)
        {
            return;
        }
        _facts.Add("Experiment", $"{experiment.Guid} {experiment.RunGuid}");
        _facts.Add("Reference", ExperimentLine.Of(experiment));
        _facts.Add("Parameters", ExperimentLine.ParametersOf(experiment));
    }

    private void PrintArray(RunArrayResource? array)
    {
        if (array is null)
        {
            return;
        }
        _facts.Add("Array", array.Index is { } index ? $"{array.Guid} #{index} of {array.Count}" : Runs(array));
        _facts.Add("Variables", ArrayTable.Values(array));
    }

    private static string Runs(RunArrayResource array) =>
        $"{Words.Count(array.Count, "run", "runs")}, {ArrayTable.Standing(array)}";

    private void PrintFailure(FailureResource? failure)
    {
        if (failure is null)
        {
            return;
        }
        _facts.Add("Why", failure.Summary);
        _facts.Add("Peak_memory", failure.PeakMemoryBytes is { } peak ? Words.Size(peak) : null);
        foreach (var advice in failure.Advice)
        {
            _facts.Add("Try", advice);
        }
        foreach (var line in failure.LogTail)
        {
            _facts.Add("Log", line);
        }
    }

    private void PrintProgress(RunStatusResource status)
    {
        _facts.Add("Started_at", Words.Time(status.RunningAt));
        _facts.Add("Finished_at", Words.Time(status.FinishedAt));
        _facts.Add("Phase", status.Phase);
        _facts.Add("Reason", ReasonLine.Of(status));
        PrintQueue(status);
        _facts.Add("Node", status.Node);
        _facts.Add("Attempt", status.Attempt > 1 ? status.Attempt.ToString(CultureInfo.InvariantCulture) : null);
        _facts.Add("Preemptible", status.Preemptions is { } times ? PreemptibleLine(times) : null);
        _facts.Add("Image", status.ImageDigest);
        _facts.Add("Progress", status.Progress is { } progress ? Words.Progress(progress) : null);
        _facts.Add("Usage", status.Usage is { CommandSeconds: > 0 } usage ? UsageLine(usage) : null);
        _facts.Add("Peaks", status.Usage?.Peaks is { } peaks ? PeaksLine.Of(peaks) : null);
    }

    private void PrintQueue(RunStatusResource status)
    {
        if (status is not { State: RunState.Pending, Queue: { } queue })
        {
            return;
        }
        _facts.Add("Queue", status.Reason is null ? QueueLine(queue) : null);
        _facts.Add("Place", QueueWords.Place(queue));
        _facts.Add("Starts", QueueWords.Start(queue));
        _facts.Add("Share", QueueWords.Share(queue));
    }

    private void PrintDefinition(ModelDefinitionResource definition)
    {
        _facts.Add("Description", definition.Description);
        _facts.Add("Framework", $"{definition.Framework.Name} {definition.Framework.Version}");
        _facts.Add("Command", definition.Execution.Command);
        _facts.Add("Compute", ComputeLine(definition.Execution.ComputeConfiguration));
    }

    private static string PreemptibleLine(int times) =>
        times == 0 ? "yes" : $"yes, gave way {Words.Count(times, "time", "times")} so far";

    private static string ReleasedLine(DateTimeOffset at) =>
        $"in the results only: the service's disk ran short and its copy was deleted at {Words.Time(at)}";

    private static string QueueLine(QueueResource queue) =>
        queue.NeededNodes is { } nodes
            ? $"{queue.Ahead} ahead, needs {nodes} nodes at once, {queue.FreeNodes} free"
            : $"{queue.Ahead} ahead, needs {Words.Count(queue.NeededGpus, "GPU", "GPUs")}, {queue.FreeSlots} free";

    private static string UsageLine(UsageResource usage) => string.Join(", ", UsageParts(usage));

    private static IEnumerable<string> UsageParts(UsageResource usage)
    {
        yield return $"command {Words.Duration(usage.CommandSeconds)}";
        yield return $"GPU time {Words.Duration(usage.GpuSeconds)}";
        if (usage.CpuSeconds is { } seconds)
        {
            yield return $"CPU time {Words.Duration(seconds)}";
        }
        if (usage.PeakMemoryBytes is { } bytes)
        {
            yield return $"at most {Words.Size(bytes)} of memory";
        }
    }

    private static string ComputeLine(ComputeResource compute)
    {
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{Words.Count(compute.Gpus, "GPU", "GPUs")}, {compute.Cpus:0.##} {(compute.Cpus is 1 ? "CPU" : "CPUs")}, {Words.Size(compute.Memory)} memory"
        );
        var disk = compute.Disk is { } bytes ? $", {Words.Size(bytes)} disk" : "";
        var nodes = compute.Nodes > 1 ? $", {compute.Nodes} nodes" : "";
        return compute.Name is null ? size + disk + nodes : $"{compute.Name} ({size}{disk}{nodes})";
    }

    private static string? Labels(IReadOnlyDictionary<string, string>? labels) =>
        labels is null ? null : string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"));

    private static string Store(StoreResource store) => $"{store.Location.Bucket} ({store.Type})";
}
