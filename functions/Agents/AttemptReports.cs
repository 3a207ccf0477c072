using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Agents;

/// <summary>Reports of the holder of a lease: heartbeat, phase and completion.</summary>
public sealed class AttemptReports(
    IDispatchQueue queue,
    RunProgress progress,
    IRunStore runs,
    IPoolLoad nodes,
    RunEvents events,
    PoolOptions pool,
    TimeProvider time
)
{
    [Function("RenewLease")]
    public async Task<IResult> HeartbeatAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Heartbeat)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var status = await queue.RenewAsync(lease, pool.LeaseDuration, cancellationToken);
        return Answers.Json(
            new HeartbeatAnswer
            {
                CancelRequested = status.CancelRequested,
                PreemptRequested = status.Preemption is not null,
            }
        );
    }

    [Function("ReportPhase")]
    public async Task<IResult> PhaseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Phase)]
            HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var report = await Answers.ReadAsync<PhaseReport>(request, cancellationToken);
        if (AgentInput.Refusal(report, time.GetUtcNow()) is { } refusal)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_phase", refusal);
        }
        // The learners begin together, so that the first one's phases are the run's.
        if (status.Learner > 1)
        {
            return Results.NoContent();
        }
        await progress.MoveAsync(
            lease.RunId,
            report.Phase,
            reason: null,
            cancellationToken,
            run => Waiting(run, report)
        );
        if (report.Phase is RunPhase.Processing)
        {
            await TellStartedAsync(client, lease, cancellationToken);
        }
        return Results.NoContent();
    }

    private static TrainingRun Waiting(TrainingRun run, PhaseReport report)
    {
        var reason =
            AgentInput.Shortened(report.Waits) is { } why ? RunReason.System("staging_waits", why)
            : AgentInput.Shortened(report.Progress) is { } progress ? RunReason.Underway("downloading", progress)
            : null;
        return run.Phase == report.Phase ? run.Because(reason) : run;
    }

    // Without a live orchestration the run needs no node: its lease ends here, and the next heartbeat tells the node.
    private async Task TellStartedAsync(DurableTaskClient client, LeaseKey lease, CancellationToken cancellationToken)
    {
        var delivery = await events.SendAsync(client, lease.RunId, new RunStarted(lease.Attempt), cancellationToken);
        if (delivery is not EventDelivery.Taken)
        {
            await queue.FinishAsync(lease.RunId, lease.Attempt, cancellationToken);
        }
    }

    // The event is sent before the lease ends: after a crash in between, the node repeats the report and the second
    // event is ignored. The answer is success even if the run is gone, so that the node stops repeating it.
    [Function("ReportCompletion")]
    public async Task<IResult> CompletionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Completion)]
            HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var report = await Answers.ReadAsync<CompletionReport>(request, cancellationToken);
        if (AgentInput.Refusal(report, time.GetUtcNow()) is { } refusal)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_report", refusal);
        }
        report = report with
        {
            Message = AgentInput.Shortened(report.Message),
            Undelivered = AgentInput.Shortened(report.Undelivered),
        };
        report = PreemptedReports.Settle(report, status);
        await RecordAsync(lease, status.Learner, report, cancellationToken);
        // Judged before the orchestration gets the event and queues the next attempt.
        if (VerdictOf(report) is { } verdict)
        {
            await nodes.JudgeAsync(new LostLease(lease.RunId, lease.Attempt, status.Node), verdict, cancellationToken);
        }
        var finished = new RunFinished
        {
            Attempt = lease.Attempt,
            Learner = status.Learner,
            Outcome = report.Outcome,
            ExitCode = report.ExitCode,
            CommandSeconds = report.StartedAt is null ? null : report.CommandSeconds,
            Message = report.Message,
            Cause = ObjectStoreReasons.IsOfData(report.Cause) ? report.Cause : null,
            Undelivered = report.Undelivered,
        };
        await events.SendAsync(client, lease.RunId, finished, cancellationToken);
        await queue.FinishAsync(lease.RunId, lease.Attempt, status.Learner, cancellationToken);
        return Results.NoContent();
    }

    // Failures of the user's stores or archive, and cancels, say nothing about the node.
    private static NodeVerdict? VerdictOf(CompletionReport report) =>
        report.Outcome switch
        {
            AttemptOutcome.NodeFailed => NodeVerdict.Failed(report.Message),
            AttemptOutcome.Succeeded
            or AttemptOutcome.CommandFailed
            or AttemptOutcome.OutOfMemory
            or AttemptOutcome.MaxDurationExceeded => NodeVerdict.Worked,
            _ => null,
        };

    // Keeps the agent's text only if it looks like a digest.
    private static string? DigestOf(CompletionReport report) =>
        report.ImageDigest is { Length: > 0 and <= 128 } digest
        && digest.All(c => char.IsAsciiLetterOrDigit(c) || c is ':')
            ? digest
            : null;

    private async Task RecordAsync(
        LeaseKey lease,
        int learner,
        CompletionReport report,
        CancellationToken cancellationToken
    )
    {
        var recorded = await KeepAsync(lease, learner, report, cancellationToken);
        if (recorded is not null && !report.IsTraced)
        {
            recorded.RecordSpan(RunTrace.Attempt, report.LeasedAt, report.FinishedAt);
        }
    }

    private Task<TrainingRun?> KeepAsync(
        LeaseKey lease,
        int learner,
        CompletionReport report,
        CancellationToken cancellationToken
    ) =>
        runs.ChangeAsync(
            lease.RunId,
            run =>
            {
                // Clamped, because both times are from the node's clock, which may have been set in between.
                var most = Math.Max(0, (time.GetUtcNow() - run.SubmittedAt).TotalSeconds);
                var held = Math.Clamp((report.FinishedAt - report.LeasedAt).TotalSeconds, 0, most);
                // A node without enough GPUs may run it on those it has, or on its CPUs.
                var gpus = Math.Clamp(report.Gpus ?? run.Manifest.Compute.Gpus, 0, run.Manifest.Compute.Gpus);
                var usage = new RunUsage
                {
                    GpuSeconds = held * gpus,
                    CommandSeconds = report.CommandSeconds,
                    PeakMemoryBytes = report.PeakMemoryBytes,
                    CpuSeconds = report.CpuSeconds,
                    Peaks = report.Peaks,
                };
                return run.WithUsage(lease.Attempt, learner, usage) with
                {
                    // Of several learners the orchestration says whose exit code is the run's.
                    ExitCode = run.Learners == 1 ? report.ExitCode : null,
                    ImageDigest = DigestOf(report) ?? run.ImageDigest,
                };
            },
            cancellationToken
        );
}
