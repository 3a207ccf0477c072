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
public sealed class Dispatcher(TimeProvider time, SchedulingOptions options, TimeSpan lookAgain)
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

    // Takes the node's run until the pause is over, including one assigned at the last moment.
    private async Task<Lease?> GivenAsync(
        NodeQuestion question,
        TimeSpan pause,
        INodeLeases leases,
        CancellationToken cancellationToken
    )
    {
        var begun = time.GetTimestamp();
        var late = 0;
        while (true)
        {
            var next = question.Next;
            var left = pause - time.GetElapsedTime(begun);
            var isOver = left <= TimeSpan.Zero || !IsLatest(question);
            if (Take(question, isOver) is { } decision)
            {
                if (await GiveAsync(decision, question, leases, cancellationToken) is { } lease)
                {
                    return lease;
                }
                // The run was no longer available; the scheduler knows this now, so ask it again.
                if (leases.MayTake && (!isOver || ++late <= MostLateTries))
                {
                    Ask(question);
                }
                continue;
            }
            if (isOver)
            {
                return null;
            }
            await PauseAsync(next, left, cancellationToken);
        }
    }

    // Queues a run again when the node disconnected or the store failed: only this process knows that it was taken.
    private async Task<Lease?> GiveAsync(
        PlacementDecision decision,
        NodeQuestion question,
        INodeLeases leases,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await leases.GiveAsync(decision, question.Offer, () => IsLatest(question), cancellationToken);
        }
        catch
        {
            // If the lease was written despite the error, the next try finds that out.
            Enqueued(question.Offer.Pool, decision.Run);
            throw;
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
            if (_questions.GetValueOrDefault(question.Offer.Node) == question && question.Given is null)
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

    private PlacementDecision? Take(NodeQuestion question, bool isLast)
    {
        lock (_lock)
        {
            var given = question.Given;
            question.Given = null;
            if (given is null && isLast && _questions.GetValueOrDefault(question.Offer.Node) == question)
            {
                Of(question.Offer.Pool).StopAsking(question.Offer.Node);
            }
            return given;
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

    // Puts a decision that the node never picked up back into the queue.
    private void Withdraw(NodeQuestion question)
    {
        var pool = Of(question.Offer.Pool);
        pool.StopAsking(question.Offer.Node);
        if (question.Given is { } given)
        {
            question.Given = null;
            pool.Enqueue(given.Run, time.GetUtcNow());
            Decide(question.Offer.Pool, pool);
        }
        question.Wake();
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

    private void Decide(string name, PoolScheduler pool)
    {
        foreach (var decision in pool.Decide(time.GetUtcNow()))
        {
            // Runs take one node each today.
            if (_questions.TryGetValue(decision.Nodes[0], out var question) && question.Offer.Pool == name)
            {
                question.Given = decision;
                question.Wake();
            }
            else
            {
                pool.Enqueue(decision.Run, time.GetUtcNow());
            }
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

/// <summary>The operations of a queue for a node that asks for work.</summary>
public interface INodeLeases
{
    /// <summary>Whether the node may be given a run, according to the last check.</summary>
    bool MayTake { get; }

    /// <summary>
    /// Records that the node was seen and settles the leases that it no longer holds. <paramref name="isLatest"/> says
    /// whether this is still the node's latest request.
    /// </summary>
    Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the node a lease of the run. Returns null when the run or the node has changed; the dispatcher has been
    /// told of the change by then.
    /// </summary>
    Task<Lease?> GiveAsync(
        PlacementDecision decision,
        NodeOffer offer,
        Func<bool> isLatest,
        CancellationToken cancellationToken
    );
}

/// <summary>The status of a node that asks for work.</summary>
/// <param name="Again">A lease that is given to the node again; null for none.</param>
/// <param name="MayTake">Whether the node may be given a run.</param>
public sealed record NodeOpening(Lease? Again, bool MayTake);
