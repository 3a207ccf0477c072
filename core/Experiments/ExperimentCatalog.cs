using Trainyard.Contracts;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Experiments;

/// <summary>An owner's experiments: stored, changed, deleted. Credentials go into the secret store and nowhere else.</summary>
public sealed class ExperimentCatalog(
    IRecordStore<Experiment> experiments,
    DefinitionRepository definitions,
    ISecretStore secrets,
    ManifestLimits limits,
    TimeProvider time
)
{
    private readonly ManifestOpening _opening = new(secrets);

    /// <summary>Stores a new experiment, or reports everything that is wrong with it.</summary>
    public async Task<ExperimentResult> CreateAsync(
        Owner owner,
        ReadOnlyMemory<byte> text,
        CancellationToken cancellationToken
    )
    {
        var (parsed, problems) = await ReadAsync(owner, text, cancellationToken);
        if (!parsed.IsValid || problems.Count > 0)
        {
            return ExperimentResult.Refused(problems);
        }
        var now = time.GetUtcNow();
        var experiment = new Experiment
        {
            Id = OwnedRecord.NewId(now),
            Owner = owner,
            CreatedAt = now,
            ModifiedAt = now,
            Manifest = parsed.Manifest,
        };
        await secrets.PutAsync(experiment.Secrets, parsed.Secrets, cancellationToken);
        if (!await experiments.CreateAsync(experiment, cancellationToken))
        {
            throw new IOException($"There is an experiment {experiment.Id} already.");
        }
        return ExperimentResult.Of(experiment);
    }

    /// <summary>
    /// Replaces the text of an experiment. A store that the new text only has a placeholder for stays as it was.
    /// </summary>
    public async Task<ExperimentResult> UpdateAsync(
        Experiment experiment,
        ReadOnlyMemory<byte> text,
        bool keepsData,
        bool keepsResults,
        CancellationToken cancellationToken
    )
    {
        var (parsed, problems) = await ReadAsync(experiment.Owner, text, cancellationToken);
        if (!parsed.IsValid || problems.Count > 0)
        {
            return ExperimentResult.Refused(problems);
        }
        var kept = await secrets.GetAsync(experiment.Secrets, cancellationToken) ?? RunSecrets.None;
        var changed = await experiments.ChangeAsync(
            experiment.Owner,
            experiment.Id,
            read =>
                read with
                {
                    ModifiedAt = time.GetUtcNow(),
                    Manifest = parsed.Manifest with
                    {
                        TrainingData = keepsData ? read.Manifest.TrainingData : parsed.Manifest.TrainingData,
                        TrainingResults = keepsResults
                            ? read.Manifest.TrainingResults
                            : parsed.Manifest.TrainingResults,
                    },
                },
            cancellationToken
        );
        if (changed is null)
        {
            return ExperimentResult.Gone;
        }
        var merged = new RunSecrets
        {
            Data = (keepsData ? kept : parsed.Secrets).Data,
            Results = (keepsResults ? kept : parsed.Secrets).Results,
        };
        await secrets.PutAsync(experiment.Secrets, merged, cancellationToken);
        return ExperimentResult.Of(changed);
    }

    public async Task DeleteAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        await secrets.DestroyAsync(experiment.Secrets, cancellationToken);
        await experiments.DeleteAsync(experiment.Owner, experiment.Id, cancellationToken);
    }

    private async Task<(ExperimentParseResult Parsed, List<ProblemItem> Problems)> ReadAsync(
        Owner owner,
        ReadOnlyMemory<byte> text,
        CancellationToken cancellationToken
    )
    {
        var parsed = ExperimentParser.Parse(text.Span, limits);
        var problems = parsed.Errors.Select(ExperimentProblems.Of).ToList();
        if (!parsed.IsValid)
        {
            return (parsed, problems);
        }
        for (var i = 0; i < parsed.Manifest.References.Count; i++)
        {
            var reference = parsed.Manifest.References[i];
            if (await definitions.FindAsync(owner, reference.DefinitionId, cancellationToken) is null)
            {
                problems.Add(ExperimentProblems.NoDefinition(reference, i));
            }
        }
        // Only checks that the named secrets exist and fit; their content is read when a run begins.
        await _opening.OpenAsync(owner, ExperimentOpening.Of(parsed), problems, cancellationToken);
        return (parsed, problems);
    }
}

/// <summary>The experiment, or everything that is wrong.</summary>
public sealed record ExperimentResult
{
    public Experiment? Experiment { get; private init; }

    public IReadOnlyList<ProblemItem> Problems { get; private init; } = [];

    internal static ExperimentResult Gone { get; } = new();

    internal static ExperimentResult Of(Experiment experiment) => new() { Experiment = experiment };

    internal static ExperimentResult Refused(IReadOnlyList<ProblemItem> problems) => new() { Problems = problems };
}
