using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations.Activities;

public sealed record ValidateRunRequest
{
    public required RunId RunId { get; init; }
}

public sealed record ValidateRunResult
{
    /// <summary>Why the run cannot start; null when it can.</summary>
    public RunReason? Refusal { get; init; }
}

/// <summary>
/// Checks that the data bucket can be read and that the results bucket accepts writes, by storing the submitted code
/// there. A store that does not answer is tried again; one that refuses is not.
/// </summary>
public sealed class ValidateRun(
    IRunStore runs,
    ISecretStore secrets,
    IObjectStoreFactory stores,
    IBlobStore blobs,
    TimeProvider time
)
{
    // For looking at one bucket. A store that takes a connection and says nothing would hold the run for minutes a try.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Function(nameof(ValidateRun))]
    public async Task<ValidateRunResult> RunAsync(
        [ActivityTrigger] ValidateRunRequest request,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        if (run is null || runSecrets is null)
        {
            return new() { Refusal = RunReason.System("record_missing", "the run's record or secrets are gone") };
        }
        using var span = run.StartSpan(nameof(ValidateRun));

        var data = run.Manifest.TrainingData;
        var isEmpty = false;
        RunReason? cannotStream = null;
        var refusal = await StoreRefusals.OfDataAsync(async () =>
        {
            await using var store = stores.Open(data, runSecrets.Data, run.Owner);
            await WithinPatienceAsync(
                data.Bucket,
                async token =>
                {
                    await store.ProbeAsync(data.Bucket, token);
                    var probe = new DataProbe(store, data);
                    isEmpty = !await probe.HasDataAsync(token);
                    cannotStream = await probe.StreamRefusalAsync(token);
                },
                cancellationToken
            );
        });
        refusal ??= cannotStream;
        if (isEmpty)
        {
            refusal ??= DataProbe.NothingThere(data);
        }
        return new() { Refusal = refusal ?? await TryWriteAsync(run, runSecrets.Results, cancellationToken) };
    }

    private async Task<RunReason?> TryWriteAsync(
        TrainingRun run,
        StoreCredentials credentials,
        CancellationToken cancellationToken
    )
    {
        var hasResults = false;
        var refusal = await StoreRefusals.OfResultsAsync(async () =>
        {
            await using var store = stores.Open(run.Manifest.TrainingResults, credentials, run.Owner);
            await WithinPatienceAsync(
                run.Manifest.TrainingResults.Bucket,
                async token => hasResults = await HasResultsAsync(store, run, token),
                cancellationToken
            );
            if (!hasResults)
            {
                await WriteSubmittedCodeAsync(store, run, cancellationToken);
            }
        });
        return refusal ?? (hasResults ? RunReason.ResultsExist(run.Manifest.TrainingResults.Bucket, run.Id) : null);
    }

    private async Task WithinPatienceAsync(
        string bucket,
        Func<CancellationToken, Task> look,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await look(either.Token);
        }
        catch (OperationCanceledException e)
            when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable,
                $"The store takes connections, but does not answer within {Patience.TotalSeconds:0} seconds: bucket '{bucket}'.",
                e
            );
        }
    }

    // Looks for results of a deleted run with the same id: the same Idempotency-Key gives the same id.
    private static async Task<bool> HasResultsAsync(
        IObjectStore store,
        TrainingRun run,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var folder = ResultKeys.Folder(run);
            var bucket = run.Manifest.TrainingResults.Bucket;
            var page = await store.ListAsync(bucket, folder, continuation: null, limit: 2, cancellationToken);
            return page.Objects.Any(found => found.Key != folder + SubmittedCode.Path);
        }
        catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.Forbidden)
        {
            // Write-only credentials are enough for results.
            return false;
        }
    }

    private async Task WriteSubmittedCodeAsync(IObjectStore store, TrainingRun run, CancellationToken cancellationToken)
    {
        var results = run.Manifest.TrainingResults;
        var upload = await store.BeginUploadAsync(
            results.Bucket,
            ResultKeys.Of(run, SubmittedCode.Path),
            run.Archive.Bytes,
            cancellationToken
        );
        var archive = BlobUpload.From(blobs, RunBlobs.Archive(run.ArchiveKey));
        await BlobUpload.WriteWholeAsync(store, upload, archive, cancellationToken);
    }
}
