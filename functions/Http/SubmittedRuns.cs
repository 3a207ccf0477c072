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

/// <summary>Takes a submission from a request, whichever interface it came by, and starts its run.</summary>
public sealed class SubmittedRuns(
    RunSubmission submission,
    RunStarter starter,
    ManifestLimits limits,
    ArchiveLimits archiveLimits
)
{
    // A body that comes slower than this is not waited for.
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));
    private const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>A multipart body: the run, started, or the problem that tells why there is none.</summary>
    internal async Task<(TrainingRun? Run, IResult? Problem)> TakeAsync(
        HttpRequest request,
        DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        BoundWait(request);
        await using var parts = await SubmissionParts.ReadAsync(request, limits, archiveLimits, cancellationToken);
        return await TakeAsync(request, client, parts.Manifest, parts.Archive, cancellationToken);
    }

    /// <summary>The same, of a manifest and an archive that come from elsewhere.</summary>
    internal async Task<(TrainingRun? Run, IResult? Problem)> TakeAsync(
        HttpRequest request,
        DurableTaskClient client,
        ReadOnlyMemory<byte> manifest,
        Stream? archive,
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

    // The host has no lower bound, as a training program's output may come slowly.
    private static void BoundWait(HttpRequest request)
    {
        if (
            HttpProtocol.IsHttp11(request.Protocol)
            && request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate
        )
        {
            rate.MinDataRate = SlowestBody;
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
