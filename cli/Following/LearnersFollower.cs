using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Trainyard.Cli.Following;

/// <summary>
/// Follows the logs of all learners of a run as one. What the run itself does comes from the first learner's stream.
/// </summary>
/// <param name="open">Opens the stream of a learner.</param>
/// <param name="learners">How many there are.</param>
internal sealed class LearnersFollower(Func<int, EventFollower> open, int learners)
{
    private const int MostWaiting = 64;

    private readonly Channel<RunEvent> _events = Channel.CreateBounded<RunEvent>(MostWaiting);

    public async IAsyncEnumerable<RunEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAllAsync(stop);
        var end = RunEvent.Nothing;
        try
        {
            await foreach (var item in _events.Reader.ReadAllAsync(cancellationToken))
            {
                if (item.Kind is RunEvent.End)
                {
                    end = item;
                    continue;
                }
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        // Last, when every learner's log is printed.
        yield return end;
    }

    private async Task ReadAllAsync(CancellationTokenSource stop)
    {
        var readers = Enumerable.Range(1, learners).Select(learner => ReadAsync(learner, stop)).ToList();
        Exception? failure = null;
        foreach (var reader in readers)
        {
            try
            {
                await reader;
            }
            catch (Exception e)
            {
                failure = failure is null or OperationCanceledException ? e : failure;
            }
        }
        _events.Writer.Complete(failure);
    }

    private async Task ReadAsync(int learner, CancellationTokenSource stop)
    {
        try
        {
            await ReadAsync(learner, stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A stream that is given up ends them all.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task ReadAsync(int learner, CancellationToken cancellationToken)
    {
        var lines = new LearnerLines(learner);
        await foreach (var item in open(learner).FollowAsync(cancellationToken))
        {
            foreach (var told in item.Kind is RunEvent.Log ? lines.Take(item) : Own(item, learner))
            {
                await _events.Writer.WriteAsync(told, cancellationToken);
            }
        }
        foreach (var told in lines.End())
        {
            await _events.Writer.WriteAsync(told, cancellationToken);
        }
    }

    private static IEnumerable<RunEvent> Own(RunEvent item, int learner) => learner == 1 ? [item] : [];
}
