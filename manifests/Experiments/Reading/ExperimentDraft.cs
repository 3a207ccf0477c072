using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>The experiment while it is read. Complete when no error was reported.</summary>
internal sealed record ExperimentDraft
{
    public string? Name { get; set; }

    public string? Description { get; set; }

    public ManifestAuthor? Author { get; set; }

    public EvaluationDefinition? Evaluation { get; set; }

    public List<TrainingReference> References { get; } = [];

    public List<ExperimentTag> Tags { get; } = [];

    public ExperimentManifest ToManifest(ManifestDraft stores) =>
        new()
        {
            Name = Name!,
            Description = Description,
            Author = Author,
            Evaluation = Evaluation,
            References = References,
            TrainingData = stores.Data!.Reference,
            TrainingResults = stores.Results!.Reference,
            Tags = Tags,
        };
}
