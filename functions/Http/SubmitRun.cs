using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http;

/// <summary>POST /v3/models: a manifest and a model archive start a run.</summary>
public sealed class SubmitRun(
    RunSubmission submission,
    RunStarter starter,
    OwnRuns ownRuns,
    ManifestLimits limits,
    ArchiveLimits archiveLimits,
    UploadOptions uploads
)
{
    private const string IdempotencyHeader = "Idempotency-Key";

    [Function(nameof(SubmitRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Runs)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var caller = Caller.Of<UserCaller>(request);
        BoundWait(request);
        await using var parts = await SubmissionParts.ReadAsync(request, limits, archiveLimits, cancellationToken);
        var sent = new Submission
        {
            Id = IdOf(request, caller),
            Owner = caller.Owner,
            Manifest = parts.Manifest,
            Archive = parts.Archive,
        };
        var result = await submission.SubmitAsync(sent, cancellationToken);
        if (result.IsIdTaken)
            return Problems.Of(
                StatusCodes.Status422UnprocessableEntity,
                "idempotency_key_reused",
                "This Idempotency-Key was sent before with another manifest or another archive; use a new key for a new run."
            );
        if (result.Run is not { } run)
            return Refused(result.Problems);
        await starter.StartAsync(client, run, CancellationToken.None);
        request.HttpContext.Response.Headers.Location = RunResourceMapper.UrlOf(run.Id);
        return Answers.Json(await ownRuns.ToResourceAsync(run, cancellationToken), StatusCodes.Status202Accepted);
    }

    // The host has no lower bound, as a training program's output may come slowly.
    private void BoundWait(HttpRequest request)
    {
        if (
            HttpProtocol.IsHttp11(request.Protocol)
            && request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate
        )
            rate.MinDataRate = new MinDataRate(uploads.MinBytesPerSecond, uploads.GracePeriod);
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
