using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>
/// Connects the nodes that long-poll this process for work with the decisions of the scheduler. It is told every
/// change of the queue, runs the scheduler on each change, and wakes only the nodes that got a run.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="options">The settings of the scheduler.</param>
/// <param name="lookAgain">How often a waiting node counts as seen and checks for changes made by other
/// processes.</param>
public sealed partial class Dispatcher(TimeProvider time, SchedulingOptions options, TimeSpan lookAgain)
{
    // A poll that is over may try for another run this often, when other instances took the first.
    private const int MostLateTries = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, PoolScheduler> _pools = [];
    private readonly Dictionary<string, NodeQuestion> _questions = [];

    /// <summary>Reads from the scheduler of a pool.</summary>
    public T Read<T>(string pool, Func<PoolScheduler, DateTimeOffset, T> read)
    {
        lock (_lock)
        {
            return read(Of(pool), time.GetUtcNow());
        }
    }

    /// <summary>Loads what the queue persisted before this process started.</summary>
    public void Load(string pool, Action<PoolScheduler, DateTimeOffset> load)
    {
        lock (_lock)
        {
            load(Of(pool), time.GetUtcNow());
        }
    }

    public void Enqueued(string pool, QueuedRun run) => Change(pool, (pool, now) => pool.Enqueue(run, now));

    public void Started(string pool, RunningRun run) => Change(pool, (pool, now) => pool.Start(run, now));

    /// <summary>The running attempts of all pools that have to give way to waiting runs, each told once.</summary>
    public IReadOnlyList<Preemption> Preempt()
    {
        lock (_lock)
        {
            return [.. _pools.Values.SelectMany(pool => pool.Preempt(time.GetUtcNow()))];
        }
    }

    /// <summary>Takes back the decisions on attempts that could not be told.</summary>
    public void NotPreempted(IEnumerable<Preemption> preemptions)
    {
        lock (_lock)
        {
            foreach (var (pool, each) in _pools.Values.SelectMany(_ => preemptions, (pool, each) => (pool, each)))
            {
                pool.NotPreempted(each);
            }
        }
    }

    /// <summary>Removes a run that neither waits nor holds nodes any more.</summary>
    public void Ended(RunId id)
    {
        lock (_lock)
        {
            foreach (var (name, pool) in _pools)
            {
                if (pool.Forget(id, time.GetUtcNow()))
                {
                    Decide(name, pool);
                }
            }
        }
    }

    /// <summary>Stops giving runs to the node until it asks again and is allowed to take some.</summary>
    public void Leave(string node)
    {
        lock (_lock)
        {
            foreach (var (name, pool) in _pools)
            {
                pool.Leave(node);
                Decide(name, pool);
            }
        }
    }

    /// <summary>
    /// Stops giving runs to a node that turned out to be allowed none, until its next poll.
    /// </summary>
    public void Refuse(string node)
    {
        lock (_lock)
        {
            if (_questions.TryGetValue(node, out var question))
            {
                question.IsRefused = true;
            }
            Leave(node);
        }
    }

    /// <summary>
    /// Tells what an operator decided of a node. A drained node gets no more runs; one that is undrained asks again at
    /// once, because its long poll is ended.
    /// </summary>
    public void SetDrained(string node, bool isDrained)
    {
        if (isDrained)
        {
            Leave(node);
            return;
        }
        lock (_lock)
        {
            if (_questions.Remove(node, out var question))
            {
                Withdraw(question);
            }
        }
    }

    /// <summary>Records that a node was seen without a request for work.</summary>
    public void Seen(string node)
    {
        lock (_lock)
        {
            foreach (var pool in _pools.Values)
            {
                pool.Touch(node, time.GetUtcNow());
            }
        }
    }

    /// <summary>Runs the scheduler again after a delay, when a waiting run becomes due.</summary>
    public void DecideAfter(string pool, TimeSpan delay) =>
        _ = Task.Delay(delay, time)
            .ContinueWith(
                _ => Change(pool, (_, _) => { }),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );

    /// <summary>Waits until the node is given a run, the time is over, or the node sends a newer request.</summary>
    public async Task<Lease?> WaitAsync(
        NodeOffer offer,
        TimeSpan wait,
        INodeLeases leases,
        CancellationToken cancellationToken
    )
    {
        var question = Begin(offer);
        var asked = time.GetTimestamp();
        try
        {
            while (true)
            {
                var opening = IsLatest(question)
                    ? await leases.OpenAsync(offer, () => IsLatest(question), cancellationToken)
                    : new NodeOpening(Again: null, MayTake: false);
                if (opening.Again is { } again)
                {
                    return again;
                }
                if (opening.MayTake)
                {
                    Ask(question);
                }
                var left = wait - time.GetElapsedTime(asked);
                var pause = left < lookAgain ? left : lookAgain;
                if (await GivenAsync(question, pause, leases, cancellationToken) is { } lease)
                {
                    return lease;
                }
                if (time.GetElapsedTime(asked) >= wait || !IsLatest(question))
                {
                    return null;
                }
            }
        }
        finally
        {
            Close(question);
        }
    }

    private async Task PauseAsync(Task next, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(longest, time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private NodeQuestion Begin(NodeOffer offer)
    {
        lock (_lock)
        {
            // A node sends one request at a time, so the connection of an earlier one is broken: it must not take a
            // run, because no node would receive it.
            if (_questions.TryGetValue(offer.Node, out var earlier))
            {
                Withdraw(earlier);
            }
            return _questions[offer.Node] = new NodeQuestion(offer);
        }
    }

    private bool IsLatest(NodeQuestion question)
    {
        lock (_lock)
        {
            return _questions.GetValueOrDefault(question.Offer.Node) == question;
        }
    }

    private void Ask(NodeQuestion question)
    {
        lock (_lock)
        {
            if (
                _questions.GetValueOrDefault(question.Offer.Node) == question
                && question is { Given: null, Lease: null, IsRefused: false }
            )
            {
                var pool = Of(question.Offer.Pool);
                LeaveOthers(question.Offer);
                pool.See(NodeOffers.Sighting(question.Offer, time.GetUtcNow()));
                pool.Ask(question.Offer.Node, NodeOffers.Free(question.Offer));
                Decide(question.Offer.Pool, pool);
            }
        }
    }

    // A node belongs to the pool that it named last.
    private void LeaveOthers(NodeOffer offer)
    {
        foreach (var (name, pool) in _pools)
        {
            if (name != offer.Pool)
            {
                pool.Leave(offer.Node);
            }
        }
    }

    private void Close(NodeQuestion question)
    {
        lock (_lock)
        {
            if (_questions.GetValueOrDefault(question.Offer.Node) == question)
            {
                _questions.Remove(question.Offer.Node);
                Withdraw(question);
            }
        }
    }

    private void Change(string name, Action<PoolScheduler, DateTimeOffset> change)
    {
        lock (_lock)
        {
            var pool = Of(name);
            change(pool, time.GetUtcNow());
            Decide(name, pool);
        }
    }

    private PoolScheduler Of(string pool)
    {
        if (!_pools.TryGetValue(pool, out var scheduler))
        {
            _pools[pool] = scheduler = new PoolScheduler(options);
        }
        return scheduler;
    }
}
