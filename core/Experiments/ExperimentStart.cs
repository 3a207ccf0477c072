using System.Security.Cryptography;
using Trainyard.Contracts;
using Trainyard.Core.Models;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Accepts a run of an experiment, or reports everything that prevents it. Copies definitions, archives and secrets as
/// they are now, so that later changes do not affect the run. Starting its orchestration is the caller's next step.
/// </summary>
public sealed class ExperimentStart(
    IRecordStore<ExperimentRun> records,
    DefinitionRepository definitions,
    IBlobStore blobs,
    ISecretStore secrets,
    FrameworkCatalog frameworks,
    ManifestLimits limits,
    Placement placement,
    TimeProvider time
)
{
    private readonly ManifestOpening _opening = new(secrets);

    public async Task<(ExperimentRun? Run, IReadOnlyList<ProblemItem> Problems)> StartAsync(
        Experiment experiment,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var run = new ExperimentRun
        {
            Id = OwnedRecord.NewId(now),
            Owner = experiment.Owner,
            ExperimentId = experiment.Id,
            CreatedAt = now,
            Name = experiment.Manifest.Name,
            References = [],
        };
        var isUnused = true;
        try
        {
            var (parts, problems) = await ReadAsync(experiment, run, cancellationToken);
            if (problems.Count > 0)
            {
                return (null, problems);
            }
            cancellationToken.ThrowIfCancellationRequested();
            // Records the first training runs at once, because clients look for them immediately.
            run = TrialChoice.Choose(run with { References = parts }, now);
            if (!await records.CreateAsync(run, CancellationToken.None))
            {
                throw new IOException($"There is an experiment run {run.Id} already.");
            }
            isUnused = false;
            return (run, []);
        }
        finally
        {
            if (isUnused)
            {
                await DiscardAsync(run, experiment.Manifest.References.Count, CancellationToken.None);
            }
        }
    }

    /// <summary>Deletes the inputs that were kept for the run's training runs.</summary>
    public async Task DiscardAsync(ExperimentRun run, int references, CancellationToken cancellationToken)
    {
        for (var i = 0; i < references; i++)
        {
            await secrets.DestroyAsync(TrialSubmission.SecretsOf(run, i), cancellationToken);
        }
        await blobs.DeleteAsync(ExperimentBlobs.Prefix(run.Id), cancellationToken);
    }

    private async Task<(List<ReferenceRun> Parts, List<ProblemItem> Problems)> ReadAsync(
        Experiment experiment,
        ExperimentRun run,
        CancellationToken cancellationToken
    )
    {
        var parts = new List<ReferenceRun>();
        var problems = new List<ProblemItem>();
        var kept = await secrets.GetAsync(experiment.Secrets, cancellationToken) ?? RunSecrets.None;
        for (var i = 0; i < experiment.Manifest.References.Count; i++)
        {
            var reference = experiment.Manifest.References[i];
            if (
                await definitions.FindAsync(experiment.Owner, reference.DefinitionId, cancellationToken)
                is not { } definition
            )
            {
                problems.Add(ExperimentProblems.NoDefinition(reference, i));
                continue;
            }
            var parsed = ReferenceManifest.Read(reference, definition.Text, limits, frameworks);
            var own = await CheckAsync(experiment, parsed, kept, cancellationToken);
            problems.AddRange(own.Problems.Select(p => ExperimentProblems.OfReference(reference, i, p)));
            var archive = await KeepAsync(run, definition, i, cancellationToken);
            if (archive is null)
            {
                problems.Add(ExperimentProblems.NoContent(reference, i));
            }
            if (own.Opened is { } opened && archive is not null)
            {
                await secrets.PutAsync(TrialSubmission.SecretsOf(run, i), opened.Secrets, cancellationToken);
                parts.Add(Part(reference, definition, opened, archive));
            }
        }
        return (parts, problems);
    }

    private async Task<(OpenedManifest? Opened, List<ProblemItem> Problems)> CheckAsync(
        Experiment experiment,
        ManifestParseResult parsed,
        RunSecrets kept,
        CancellationToken cancellationToken
    )
    {
        var problems = parsed.Errors.Select(SubmissionProblems.Of).ToList();
        if (!parsed.IsValid)
        {
            return (null, problems);
        }
        var whole = ExperimentOpening.Of(parsed, experiment.Manifest, kept);
        var opened = await _opening.OpenAsync(experiment.Owner, whole, problems, cancellationToken);
        problems.AddRange((await placement.ForecastAsync(parsed.Manifest, parsed.Keys, cancellationToken)).Problems);
        return (opened, problems);
    }

    private async Task<ArchiveInfo?> KeepAsync(
        ExperimentRun run,
        TrainingDefinition definition,
        int reference,
        CancellationToken cancellationToken
    )
    {
        await using var zip = await definitions.OpenContentAsync(definition, cancellationToken);
        if (zip is null)
        {
            return null;
        }
        var name = ExperimentBlobs.Archive(run.Id, reference);
        var kept = await blobs.PutAsync(name, zip, expectedSha256: null, cancellationToken);
        return new ArchiveInfo { Bytes = kept.Bytes, Sha256 = kept.Sha256! };
    }

    private static ReferenceRun Part(
        TrainingReference reference,
        TrainingDefinition definition,
        OpenedManifest opened,
        ArchiveInfo archive
    ) =>
        new()
        {
            Name = reference.Name,
            Manifest = opened.Manifest,
            Archive = archive,
            DefinitionId = definition.Id,
            Search = reference.Search,
            Seed = reference.Search?.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        };
}
