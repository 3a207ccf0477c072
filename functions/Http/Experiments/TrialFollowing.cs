using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>Sends the output of all training runs of an experiment run, including those that begin later.</summary>
public sealed class TrialFollowing(
    IRecordStore<ExperimentRun> records,
    IRunStore runs,
    IBlobStore blobs,
    RunFollower follower,
    TimeProvider time
)
{
    // At most this many training runs are followed at once; further ones wait for their turn.
    private const int AtOnce = 32;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    internal async Task SendAsync(ExperimentRun run, WebSocketSender sender, CancellationToken cancellationToken)
    {
        using var turns = new SemaphoreSlim(AtOnce);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var followed = new Dictionary<RunId, Task>();
        try
        {
            while ((await records.GetAsync(run.Owner, run.Id, failed.Token))?.Record is { DeletedAt: null } current)
            {
                await BeginAsync(current, sender, followed, turns, failed.Token);
                if (current.EndedAt is not null)
                {
                    break;
                }
                await Task.WhenAll(followed.Values.Where(f => f.IsFaulted));
                await Task.Delay(LookInterval, time, failed.Token);
            }
            await Task.WhenAll(followed.Values);
        }
        finally
        {
            await failed.CancelAsync();
            await Task.WhenAll(followed.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeginAsync(
        ExperimentRun run,
        WebSocketSender sender,
        Dictionary<RunId, Task> followed,
        SemaphoreSlim turns,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in run.References)
        {
            foreach (var trial in part.Trials.Where(t => !followed.ContainsKey(t.RunId)))
            {
                if ((await runs.GetAsync(trial.RunId, cancellationToken))?.Run is { } training)
                {
                    followed[trial.RunId] = FollowAsync(training, part.Name, sender, turns, cancellationToken);
                }
            }
        }
    }

    private async Task FollowAsync(
        TrainingRun run,
        string reference,
        WebSocketSender sender,
        SemaphoreSlim turns,
        CancellationToken cancellationToken
    )
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            var frames = new TrialFrames(sender, $"{run.Id}", reference);
            var log = new RunOutput(blobs, RunBlobs.Log(run.Id), offset: 0, OutputParts.Updates, time);
            var metrics = new RunOutput(blobs, RunBlobs.Metrics(run.Id), offset: 0, OutputParts.Lines, time);
            await Task.WhenAll(
                follower.FollowAsync(run, log, frames.Logs, follow: true, cancellationToken),
                follower.FollowAsync(run, metrics, frames.Metrics, follow: true, cancellationToken)
            );
        }
        finally
        {
            turns.Release();
        }
    }
}
