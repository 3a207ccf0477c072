using System.Text.Json;
using System.Text.Json.Nodes;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Experiments;

/// <summary>Maps experiments and their runs to the resources that clients see.</summary>
public static class ExperimentResourceMapper
{
    public static ExperimentResource ToResource(this Experiment experiment, string url) =>
        new()
        {
            Metadata = new ResourceMetadata
            {
                Guid = experiment.Id.ToString(),
                Url = url,
                CreatedAt = experiment.CreatedAt,
                ModifiedAt = experiment.ModifiedAt,
            },
            Entity = new ExperimentEntity
            {
                Settings = Element(ExperimentJson.Settings(experiment.Manifest)),
                TrainingReferences = Element(ExperimentJson.References(experiment.Manifest)),
                TrainingDataReference = experiment.Manifest.TrainingData.ToResource(location: null),
                TrainingResultsReference = experiment.Manifest.TrainingResults.ToResource(location: null),
                Tags = ExperimentJson.Tags(experiment.Manifest) is { } tags ? Element(tags) : null,
            },
        };

    /// <param name="run">The record.</param>
    /// <param name="url">Its address.</param>
    /// <param name="live">Those of its training runs that have not ended, by id, as far as they exist.</param>
    /// <param name="metrics">The known metrics of its training runs.</param>
    public static ExperimentRunResource ToResource(
        this ExperimentRun run,
        string url,
        IReadOnlyDictionary<RunId, TrainingRun> live,
        IReadOnlyDictionary<RunId, IReadOnlyList<MetricResource>> metrics
    ) =>
        new()
        {
            Metadata = new ResourceMetadata
            {
                Guid = run.Id.ToString(),
                Url = url,
                CreatedAt = run.CreatedAt,
                ModifiedAt = run.EndedAt ?? run.CreatedAt,
            },
            Experiment = new ExperimentLink(run.ExperimentId.ToString(), run.Name),
            Entity = new ExperimentRunEntity
            {
                ExperimentRunStatus = new ExperimentRunStatusResource
                {
                    State = WordOf(run.State),
                    SubmittedAt = run.CreatedAt,
                    FinishedAt = run.EndedAt,
                    Message = run.Reason,
                },
                TrainingStatuses =
                [
                    .. run.References.SelectMany(part =>
                        part.Trials.Select(trial => StatusOf(part, trial, live.GetValueOrDefault(trial.RunId), metrics))
                    ),
                ],
                Searches = [.. run.References.Where(part => part.Search is not null).Select(SearchOf)],
            },
        };

    private static TrainingStatusResource StatusOf(
        ReferenceRun part,
        Trial trial,
        TrainingRun? live,
        IReadOnlyDictionary<RunId, IReadOnlyList<MetricResource>> metrics
    )
    {
        var phase = trial.Phase ?? live?.Phase ?? RunPhase.Queued;
        return new TrainingStatusResource
        {
            TrainingGuid = trial.RunId.ToString(),
            TrainingReferenceName = part.Name,
            State = phase.ToState().ToString().ToLowerInvariant(),
            SubmittedAt = trial.ChosenAt,
            FinishedAt = trial.EndedAt ?? live?.FinishedAt,
            Metrics = metrics.GetValueOrDefault(trial.RunId) ?? MetricsOf(part, trial),
            Message = trial.Reason,
            SubId = part.Search is null ? null : trial.Number,
            HyperParameters = trial.HyperParameters is { } values
                ?
                [
                    .. values.Select(v => new HyperParameterResource
                    {
                        Name = v.Key,
                        StringValue = v.Value.Text,
                        DoubleValue = v.Value.Text is null ? v.Value.Number : null,
                    }),
                ]
                : null,
            Objective = trial.Objective,
            GpuSeconds = trial.Phase is null ? null : trial.GpuSeconds,
        };
    }

    // A search may have hundreds of runs, so only its objective is shown here.
    private static IReadOnlyList<MetricResource> MetricsOf(ReferenceRun part, Trial trial) =>
        part.Search is { } search && trial.Objective is { } value
            ?
            [
                new MetricResource
                {
                    Timestamp = trial.EndedAt,
                    Iteration = 0,
                    Phase = "test",
                    Values = [new MetricValueResource(search.Objective, value)],
                },
            ]
            : [];

    private static SearchResource SearchOf(ReferenceRun part)
    {
        var search = part.Search!;
        var best = part.Best is { } number ? part.Trials.First(t => t.Number == number) : null;
        return new SearchResource
        {
            TrainingReferenceName = part.Name,
            Method = search.Method,
            Objective = search.Objective,
            MaximizeOrMinimize = search.Maximize ? "maximize" : "minimize",
            NumOptimizerSteps = search.Steps,
            BestTrainingGuid = best?.RunId.ToString(),
            BestObjective = best?.Objective,
            BestModelGuid = part.BestModelId?.ToString(),
            StoppedBecause = part.StoppedBecause,
        };
    }

    private static string WordOf(ExperimentState state) => state.ToString().ToLowerInvariant();

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node, WireJson.Options);
}
