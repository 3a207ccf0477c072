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
/// Accepts a manifest and a model archive, or says everything that is wrong with both and leaves nothing behind. What is
/// accepted is durable before it returns; starting its orchestration is the caller's next step.
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
    /// Takes a submission. The id is the caller's so that the same submission, sent twice, is one run: where a run with
    /// this id exists already it is given back as it is, and something else under the same id is refused.
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

        var problems = parsed.Errors.Select(SubmissionProblems.Of).Concat(OfferedCheck.Problems(parsed, pool)).ToList();
        var opened = await _opening.OpenAsync(submission.Owner, parsed, problems, cancellationToken);
        problems.AddRange(await placement.WaitingProblemsAsync(submission.Owner, parsed.Manifest, cancellationToken));
        var forecast = await ForecastAsync(parsed, problems, cancellationToken);
        var key = SubmissionKey.New(id);
        var isUnused = true;
        try
        {
            var archive = await KeepArchiveAsync(key, submission.Archive, problems, cancellationToken);
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
            // Not the caller's token: a client that hangs up must not leave its half-made run behind.
            if (isUnused)
            {
                await _files.DiscardAsync(key, CancellationToken.None);
            }
        }
    }

    /// <returns>What the run would go without.</returns>
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

    // An id comes from the owner and the client's key; whoever finds a key that meets another owner's run learns nothing of it.
    private static SubmissionResult Existing(Submission submission, TrainingRun run, bool isSame) =>
        run.Owner != submission.Owner ? SubmissionResult.Refused([SubmissionProblems.KeyNotUsable])
        : isSame ? SubmissionResult.Of(run)
        : SubmissionResult.IdTaken;

    // Gives this run, or the one of a submission that was faster. A write that fails may be done all the same: when this
    // throws, a record may name what was kept, now or soon, and only its age will tell that none does.
    private async Task<TrainingRun> AcceptAsync(TrainingRun run, RunSecrets runSecrets)
    {
        await secrets.PutAsync(run.Submission, runSecrets, CancellationToken.None);
        while (true)
        {
            if (await runs.CreateAsync(run, CancellationToken.None))
            {
                return run;
            }
            // None, when the other one was taken back or has been deleted already.
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
            Nonce = key.Nonce,
            History = [queued],
            TraceParent = Activity.Current?.Id,
        };
    }

    private async Task<ArchiveInfo?> KeepArchiveAsync(
        SubmissionKey key,
        Stream? archive,
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
        return new ArchiveInfo { Bytes = kept.Bytes, Sha256 = kept.Sha256! };
    }

    // The directory of a zip is at its end.
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

/// <summary>What a client sends.</summary>
public sealed record Submission
{
    public required RunId Id { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>The manifest's bytes; empty when the client sent none.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The model archive, read once from where it stands; null when the client sent none.</summary>
    public required Stream? Archive { get; init; }
}

/// <summary>The run, or everything that is wrong.</summary>
public sealed record SubmissionResult
{
    public TrainingRun? Run { get; private init; }

    public IReadOnlyList<ProblemItem> Problems { get; private init; } = [];

    /// <summary>The id belongs to a run that something else was sent for.</summary>
    public bool IsIdTaken { get; private init; }

    internal static SubmissionResult IdTaken { get; } = new() { IsIdTaken = true };

    internal static SubmissionResult Of(TrainingRun run) => new() { Run = run };

    internal static SubmissionResult Refused(IReadOnlyList<ProblemItem> problems) => new() { Problems = problems };
}
