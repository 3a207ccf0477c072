using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Manifests;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Runs;

/// <summary>Maps records to the resources that clients see.</summary>
public static class RunResourceMapper
{
    /// <summary>The path of a run below the service's address.</summary>
    public static string UrlOf(RunId id) => $"/v3/models/{id}";

    /// <summary>
    /// Maps a record. The position is that of a queued run, the instant is the service's current time.
    /// </summary>
    public static RunResource ToResource(this TrainingRun run, QueuePosition? position, DateTimeOffset now)
    {
        var manifest = run.Manifest;
        return new RunResource
        {
            Metadata = new ResourceMetadata
            {
                Guid = run.Id.ToString(),
                Url = UrlOf(run.Id),
                CreatedAt = run.SubmittedAt,
                ModifiedAt = run.ModifiedAt,
            },
            Entity = new RunEntity
            {
                ModelDefinition = ToResource(manifest, run.DefinitionId),
                TrainingDataReference = manifest.TrainingData.ToResource(location: null),
                // An array has no folder: each of its runs has one.
                TrainingResultsReference = manifest.TrainingResults.ToResource(
                    run.IsArray ? manifest.TrainingResults.Prefix?.TrimEnd('/') : ResultKeys.Folder(run).TrimEnd('/')
                ),
                Status = ToStatus(run, position, now),
                Experiment = run.Trial is { } trial ? ToResource(trial) : null,
                Array = RunArrays.ToResource(run),
                Labels = manifest.Labels.Count > 0 ? manifest.Labels : null,
                Pool = manifest.Pool,
                Requires = manifest.Requires.Count > 0 ? manifest.Requires : null,
                Notices = (run.Notices ?? StandInNotices.NoticesOf(manifest)) is { Count: > 0 } notices
                    ? notices
                    : null,
            },
        };
    }

    /// <summary>Maps a queue position.</summary>
    public static QueueResource ToResource(QueuePosition position) => QueueResources.Of(position);

    /// <summary>The phase in upper case, as <c>monitor</c> prints it.</summary>
    public static string ToWire(this RunPhase phase) => phase.ToString().ToUpperInvariant();

    private static RunExperimentResource ToResource(RunTrial trial) =>
        new()
        {
            Guid = trial.ExperimentId,
            RunGuid = trial.ExperimentRunId,
            TrainingReferenceName = trial.Reference,
            Number = trial.Number,
            HyperParameters = trial.HyperParameters?.ToDictionary(
                parameter => parameter.Key,
                parameter => JsonSerializer.SerializeToElement(parameter.Value, WireJson.Options)
            ),
        };

    private static ModelDefinitionResource ToResource(TrainingManifest manifest, Guid? definition) =>
        new()
        {
            Name = manifest.Name,
            Description = manifest.Description,
            DefinitionHref = definition is { } id ? $"/v3/ml_assets/training_definitions/{id}" : null,
            Author = manifest.Author is { } author ? new AuthorResource(author.Name, author.Email) : null,
            Framework = new FrameworkResource(
                manifest.Framework.Name,
                manifest.Framework.Asked ?? manifest.Framework.Version,
                manifest.Framework.Python is { } python ? [new("python", python)] : null
            ),
            Execution = new ExecutionResource
            {
                Command = manifest.Command,
                ComputeConfiguration = new ComputeResource
                {
                    Name = manifest.Compute.Name,
                    Gpus = manifest.Compute.Gpus,
                    Cpus = manifest.Compute.Cpus,
                    Memory = manifest.Compute.MemoryBytes,
                    Disk = manifest.Compute.DiskBytes,
                    Nodes = manifest.Compute.Nodes,
                },
            },
        };

    internal static StoreResource ToResource(this DataStoreReference store, string? location) =>
        new()
        {
            Name = store.Name,
            Type = store.Type switch
            {
                DataStoreType.S3 => "s3",
                DataStoreType.Swift => "bluemix_objectstore",
                DataStoreType.AzureBlob => "azure_blob",
                DataStoreType.File => "file",
                _ => throw new ArgumentOutOfRangeException(nameof(store), store.Type, "Unknown store type."),
            },
            Location = new StoreLocation { Bucket = store.Bucket, ModelLocation = location },
        };

    private static RunStatusResource ToStatus(TrainingRun run, QueuePosition? position, DateTimeOffset now)
    {
        var reason = run.Reason ?? QueueReasons.Of(position);
        return new RunStatusResource
        {
            State = run.Phase.ToState(),
            Phase = run.Phase.ToWire(),
            SubmittedAt = run.SubmittedAt,
            RunningAt = run.RunningAt,
            FinishedAt = run.FinishedAt,
            CurrentAt = now,
            Message = $"{run.Id}: {run.ExitCode?.ToString() ?? reason?.ToString() ?? ""}",
            Reason = reason is null ? null : new ReasonResource(reason.Code, reason.Message, reason.Fault),
            Queue = position is null ? null : QueueResources.Of(position),
            Attempt = run.Attempt,
            Preemptions = run.Manifest.Preemptible ? run.Preemptions : null,
            Node = run.Node,
            Learners = run.Learners > 1 ? run.Learners : null,
            ExitCode = run.ExitCode,
            ImageDigest = run.ImageDigest,
            History = [.. run.History.Select(e => new PhaseResource(e.Phase.ToWire(), e.At, e.Reason?.ToString()))],
            CanStoreResults = run.Unstored is not null && run.Phase.IsTerminal() ? true : null,
            Results = run.Results is { } results ? new ResultsResource(results.Files, results.Bytes) : null,
            ModelReleasedAt = run.ModelReleasedAt,
            Usage = new UsageResource(run.Usage.GpuSeconds, run.Usage.CommandSeconds)
            {
                PeakMemoryBytes = run.Usage.PeakMemoryBytes,
                CpuSeconds = run.Usage.CpuSeconds,
                Peaks = run.Usage.Peaks,
            },
            Progress = run.Progress is { } progress ? ToResource(progress) : null,
        };
    }

    private static ProgressResource ToResource(TrainingProgress progress) =>
        new()
        {
            Step = progress.Step,
            Steps = progress.Steps,
            Percent = progress.Percent,
            SecondsLeft = progress.SecondsLeft,
            UpdatedAt = progress.At,
        };
}
