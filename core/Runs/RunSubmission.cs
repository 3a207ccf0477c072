using System.Diagnostics;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Runs;

/// <summary>
/// Accepts a manifest and a model archive, or reports everything that is wrong with both and leaves nothing behind. An
/// accepted run is durable before this returns; starting its orchestration is the caller's next step.
/// </summary>
public sealed class RunSubmission(
    IRunStore runs,
    IBlobStore blobs,
    ISecretStore secrets,
    FrameworkCatalog frameworks,
    ManifestLimits manifestLimits,
    ArchiveLimits archiveLimits,
    Placement placement,
    PoolOptions pool,
    TimeProvider time
)
{
    private readonly ManifestOpening _opening = new(secrets);
    private readonly SubmittedFiles _files = new(blobs, secrets);

    /// <summary>
    /// Accepts a submission. The caller chooses the id, so that the same submission, sent twice, is one run: an
    /// existing run with this id is returned as it is, and a different submission under its id is refused.
    /// </summary>
    public async Task<SubmissionResult> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var id = submission.Id;
        var parsed = ManifestParser.Parse(submission.Manifest.Span, manifestLimits, frameworks);
        if ((await runs.GetAsync(id, cancellationToken))?.Run is { } existing)
        {
            var isSame = await SameSubmission.IsAsync(
                existing,
                submission,
                parsed,
                archiveLimits.MaxArchiveBytes,
                cancellationToken
            );
            return Existing(submission, existing, isSame);
        }

        var problems = parsed.Errors.Select(SubmissionProblems.Of).ToList();
        var opened = await _opening.OpenAsync(submission.Owner, parsed, problems, cancellationToken);
        problems.AddRange(await placement.WaitingProblemsAsync(submission.Owner, parsed.Manifest, cancellationToken));
        var forecast = await ForecastAsync(parsed, problems, cancellationToken);
        var key = SubmissionKey.New(id);
        var isUnused = true;
        try
        {
            var archive = await KeepArchiveAsync(key, submission.Archive, parsed, problems, cancellationToken);
            if (problems.Count > 0 || archive is null)
            {
                return SubmissionResult.Refused(problems);
            }
            cancellationToken.ThrowIfCancellationRequested();
            var run = NewRun(submission, key, opened!.Manifest, archive) with { Notices = forecast };
            isUnused = false;
            var kept = await AcceptAsync(run, opened.Secrets);
            isUnused = kept.Submission != key;
            return Existing(submission, kept, !isUnused || SameSubmission.Is(run, kept));
        }
        finally
        {
            // Not the caller's token: cleanup must also run when the client disconnects.
            if (isUnused)
            {
                await _files.DiscardAsync(key, CancellationToken.None);
            }
        }
    }

    /// <returns>What the run would lack.</returns>
    private async Task<IReadOnlyList<string>> ForecastAsync(
        ManifestParseResult parsed,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        if (parsed.Manifest is null)
        {
            return [];
        }
        var forecast = await placement.ForecastAsync(parsed.Manifest, parsed.Keys, cancellationToken);
        problems.AddRange(forecast.Problems);
        return forecast.Notices;
    }

    // The id derives from the owner and the client's key. A key that collides with another owner's run must reveal
    // nothing.
    private static SubmissionResult Existing(Submission submission, TrainingRun run, bool isSame) =>
        run.Owner != submission.Owner ? SubmissionResult.Refused([SubmissionProblems.KeyNotUsable])
        : isSame ? SubmissionResult.Of(run)
        : SubmissionResult.IdTaken;

    // Returns this run, or the one of a faster submission. A failed write may still take effect: after an exception, a
    // record may name the stored files now or soon, so only their age shows that none does.
    private async Task<TrainingRun> AcceptAsync(TrainingRun run, RunSecrets runSecrets)
    {
        await secrets.PutAsync(run.Submission, runSecrets, CancellationToken.None);
        while (true)
        {
            if (await runs.CreateAsync(run, CancellationToken.None))
            {
                return run;
            }
            // There is no record when the other submission was withdrawn or its run was deleted.
            if ((await runs.GetAsync(run.Id, CancellationToken.None))?.Run is { } existing)
            {
                return existing;
            }
        }
    }

    private TrainingRun NewRun(Submission submission, SubmissionKey key, TrainingManifest manifest, ArchiveInfo archive)
    {
        var queued = new PhaseEntry { Phase = RunPhase.Queued, At = time.GetUtcNow() };
        return new TrainingRun
        {
            Id = submission.Id,
            Owner = submission.Owner,
            Manifest = manifest,
            Archive = archive,
            Learners = pool.LearnersOf(manifest),
            DefinitionId = submission.DefinitionId,
            Nonce = key.Nonce,
            History = [queued],
            TraceParent = Activity.Current?.Id,
        };
    }

    private async Task<ArchiveInfo?> KeepArchiveAsync(
        SubmissionKey key,
        Stream? archive,
        ManifestParseResult parsed,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        if (archive is null)
        {
            problems.Add(SubmissionProblems.ArchiveMissing);
            return null;
        }
        var name = RunBlobs.Archive(key);
        await using var bounded = new AtMostStream(archive, archiveLimits.MaxArchiveBytes + 1);
        var kept = await blobs.PutAsync(name, bounded, expectedSha256: null, cancellationToken);
        await using var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        var inspection = await InspectAsync(content!, cancellationToken);
        problems.AddRange(inspection.Errors.Select(SubmissionProblems.Of));
        problems.AddRange(UnmetNeeds.ArchiveAboveDisk(parsed.Manifest, parsed.Keys, inspection.TotalBytes));
        return new ArchiveInfo { Bytes = kept.Bytes, Sha256 = kept.Sha256! };
    }

    // A zip has its directory at the end, so the archive must be stored before it can be read.
    private async Task<ArchiveInspection> InspectAsync(Stream content, CancellationToken cancellationToken)
    {
        if (content.CanSeek)
        {
            return await ModelArchive.InspectAsync(content, archiveLimits, cancellationToken);
        }
        await using var file = await TemporaryFile.KeepAsync(content, cancellationToken);
        return await ModelArchive.InspectAsync(file, archiveLimits, cancellationToken);
    }
}

/// <summary>A client's submission.</summary>
public sealed record Submission
{
    public required RunId Id { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>The manifest's bytes; empty when the client sent none.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The model archive, read once from where it stands; null when the client sent none.</summary>
    public required Stream? Archive { get; init; }

    /// <summary>The stored training definition that the archive is from; null when the client sent the archive.</summary>
    public Guid? DefinitionId { get; init; }
}

/// <summary>The accepted run, or everything that is wrong.</summary>
public sealed record SubmissionResult
{
    public TrainingRun? Run { get; private init; }

    public IReadOnlyList<ProblemItem> Problems { get; private init; } = [];

    /// <summary>Whether the id belongs to a run of a different submission.</summary>
    public bool IsIdTaken { get; private init; }

    internal static SubmissionResult IdTaken { get; } = new() { IsIdTaken = true };

    internal static SubmissionResult Of(TrainingRun run) => new() { Run = run };

    internal static SubmissionResult Refused(IReadOnlyList<ProblemItem> problems) => new() { Problems = problems };
}
