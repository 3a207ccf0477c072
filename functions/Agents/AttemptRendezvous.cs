using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Brings the learners of an attempt together: each says where it is reached and waits until all have. The places are
/// in the run's record, so learners may ask any instance, also after a restart.
/// </summary>
public sealed class AttemptRendezvous(
    IDispatchQueue queue,
    IRunStore runs,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    [Function("JoinRendezvous")]
    public async Task<IResult> JoinAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Attempt + "/" + AgentRoutes.Rendezvous)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var caller = Caller.Of<LeaseCaller>(request);
        var body = await Answers.ReadAsync<RendezvousRequest>(request, cancellationToken);
        if (AgentInput.Refusal(body) is { } refusal)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_rendezvous", refusal);
        }
        // A service that stops ends its long polls at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            return await WaitAsync(caller, body, stopping.Token) is { } places
                ? Answers.Json(new RendezvousAnswer { Learners = places })
                : Results.NoContent();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.NoContent();
        }
    }

    private async Task<IReadOnlyList<LearnerPlace>?> WaitAsync(
        LeaseCaller caller,
        RendezvousRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = caller;
        var place = new LearnerPlace(status.Learner, status.Node, request.Address, request.Port);
        var run = await runs.ChangeAsync(
            lease.RunId,
            run => RendezvousState.Join(run, lease.Attempt, place),
            cancellationToken
        );
        var begun = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (run is null || run.Attempt != lease.Attempt)
            {
                throw new LeaseLostException(lease.RunId, lease.Attempt);
            }
            if (RendezvousState.AllOf(run, lease.Attempt, status.Learners) is { } places)
            {
                return places;
            }
            var left = TimeSpan.FromSeconds(request.WaitSeconds) - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }
            await Task.Delay(left < pause ? left : pause, time, cancellationToken);
            // The learner must hear at once when another one's node was lost.
            await queue.RenewAsync(lease, extend: null, cancellationToken);
            run = (await runs.GetAsync(lease.RunId, cancellationToken))?.Run;
        }
    }
}
