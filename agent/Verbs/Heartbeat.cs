using Microsoft.Extensions.Logging;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Renews the lease and learns of a cancel. An answer that the lease is gone ends the attempt at once; silence of the
/// service ends it only after the service patience.
/// </summary>
internal sealed class Heartbeat(
    AttemptClient client,
    NodeTask task,
    TimeSpan patience,
    TimeProvider time,
    ILogger logger
)
{
    private const string Preempted = "Told to give way to another run.";

    private long _answeredAt = time.GetTimestamp();
    private bool _failing;

    /// <summary>Runs until the token is canceled or the lease is lost.</summary>
    public async Task RunAsync(StopSignal stop, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Max(task.HeartbeatSeconds, 0.05)), time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await BeatAsync(stop, ended);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException)
        {
            // The attempt has ended or is ending.
        }
    }

    private async Task BeatAsync(StopSignal stop, CancellationToken ended)
    {
        try
        {
            var answer = await client.TryOnceAsync<HeartbeatAnswer>(client.Routes.Heartbeat, ended);
            _failing = false;
            _answeredAt = time.GetTimestamp();
            // A run on several nodes that gives way is also canceled where one of its learners ended first.
            if (answer is { PreemptRequested: true } && (!answer.CancelRequested || task.Learners > 1))
            {
                stop.Request(StopReason.Preempted, Preempted);
            }
            if (answer is { CancelRequested: true })
            {
                stop.Cancel();
            }
        }
        catch (Exception e) when (e is ServiceAwayException or ServiceRefusedException)
        {
            client.Refresh();
            if (!_failing)
            {
                Log.HeartbeatFailed(logger, task.RunId, task.Attempt, e.Message);
            }
            _failing = true;
            if (e is not ServiceAwayException { Answered: false })
            {
                _answeredAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(_answeredAt) > patience)
            {
                NodeLog.ServiceGivenUp(logger, task.RunId, task.Attempt, patience);
                stop.LoseLease();
            }
        }
    }
}
