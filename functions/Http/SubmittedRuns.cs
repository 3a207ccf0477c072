using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http;

/// <summary>Takes a submission from a request of any of the interfaces, and starts its run.</summary>
public sealed class SubmittedRuns(
    RunSubmission submission,
    RunStarter starter,
    ManifestLimits limits,
    ArchiveLimits archiveLimits,
    UploadOptions uploads
)
{
    private const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>Takes a multipart body. Returns the started run, or the problem with the submission.</summary>
    internal async Task<(TrainingRun? Run, IResult? Problem)> TakeAsync(
        HttpRequest request,
        DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        BoundWait(request);
        await using var parts = await SubmissionParts.ReadAsync(request, limits, archiveLimits, cancellationToken);
        return await TakeAsync(request, client, parts.Manifest, parts.Archive, null, cancellationToken);
    }

    /// <summary>Takes a manifest and an archive, which may be that of a stored definition. Returns the started run, or the problem with the submission.</summary>
    internal async Task<(TrainingRun? Run, IResult? Problem)> TakeAsync(
        HttpRequest request,
        DurableTaskClient client,
        ReadOnlyMemory<byte> manifest,
        Stream? archive,
        Guid? definition,
        CancellationToken cancellationToken
    )
    {
        var caller = Caller.Of<UserCaller>(request);
        var sent = new Submission
        {
            Id = IdOf(request, caller),
            Owner = caller.Owner,
            Manifest = manifest,
            Archive = archive,
            DefinitionId = definition,
        };
        var result = await submission.SubmitAsync(sent, cancellationToken);
        if (result.IsIdTaken)
        {
            return (null, IdTaken);
        }
        if (result.Run is not { } run)
        {
            return (null, Refused(result.Problems));
        }
        await starter.StartAsync(client, run, CancellationToken.None);
        return (run, null);
    }

    private static IResult IdTaken =>
        Problems.Of(
            StatusCodes.Status422UnprocessableEntity,
            "idempotency_key_reused",
            "This Idempotency-Key was sent before with another manifest or another archive; use a new key for a new run."
        );

    // The host has no minimum data rate, because a training program's output may come slowly; submissions get one here.
    private void BoundWait(HttpRequest request)
    {
        if (
            HttpProtocol.IsHttp11(request.Protocol)
            && request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate
        )
        {
            rate.MinDataRate = new MinDataRate(uploads.MinBytesPerSecond, uploads.GracePeriod);
        }
    }

    private static RunId IdOf(HttpRequest request, UserCaller caller)
    {
        var key = request.Headers[IdempotencyHeader].ToString();
        return key.Length == 0 ? RunId.New() : RunId.FromSeed(Encoding.UTF8.GetBytes($"{caller.Owner}\n{key}"));
    }

    private static IResult Refused(IReadOnlyList<ProblemItem> problems)
    {
        var detail = problems.Count == 1 ? "One thing is wrong." : $"{problems.Count} things are wrong.";
        return Problems.Of(StatusCodes.Status400BadRequest, "invalid_submission", detail, problems);
    }
}
