using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>
/// Brings together the nodes that wait for work in this process and what the scheduler decides. It is told every change of the
/// queue, decides when something changed, and wakes only the nodes that were given something.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="options">By what it is decided.</param>
/// <param name="lookAgain">How often a waiting node is heard of and looks for what no change in this process tells.</param>
public sealed class Dispatcher(TimeProvider time, SchedulingOptions options, TimeSpan lookAgain)
{
    // Whoever asks without waiting gets another run too, when instances were faster with the first.
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

    /// <summary>Takes up what a queue kept before this process was there.</summary>
    public void Load(string pool, Action<PoolScheduler, DateTimeOffset> load)
    {
        lock (_lock)
        {
            load(Of(pool), time.GetUtcNow());
        }
    }

    public void Enqueued(string pool, QueuedRun run) => Change(pool, (pool, now) => pool.Enqueue(run, now));

    public void Started(string pool, RunningRun run) => Change(pool, (pool, now) => pool.Start(run, now));

    /// <summary>The run neither waits nor holds nodes any more.</summary>
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

    /// <summary>The node gets no runs until it asks anew and may have them.</summary>
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

    /// <summary>A node that was heard of without asking.</summary>
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

    /// <summary>Decides anew after a time, when something that waits is due.</summary>
    public void DecideAfter(string pool, TimeSpan delay) =>
        _ = Task.Delay(delay, time)
            .ContinueWith(
                _ => Change(pool, (_, _) => { }),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );

    /// <summary>Waits until the node is given a run, the time is over or the node asks anew.</summary>
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
                if (await GivenAsync(question, pause, leases, opening.MayTake, cancellationToken) is { } lease)
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

    // Takes what it is given until the pause is over; what it is given in the last moment too.
    private async Task<Lease?> GivenAsync(
        NodeQuestion question,
        TimeSpan pause,
        INodeLeases leases,
        bool mayTake,
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
                // It was not there any more: what waits is known better now.
                if (mayTake && (!isOver || ++late <= MostLateTries))
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

    // A run that was taken and not given, because the node hung up or the store failed, waits again: nobody else knows of it.
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
            // If it was written all the same, the next try finds that out.
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
            // A node asks once at a time, so an earlier question that still waits is one whose connection broke: it must
            // not take a run that nobody would hear of.
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
                pool.See(NodeOffers.Sighting(question.Offer, time.GetUtcNow()));
                pool.Ask(question.Offer.Node, NodeOffers.Free(question.Offer));
                Decide(question.Offer.Pool, pool);
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

    // What it was given and did not take goes back.
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
            // Today's runs have one node each.
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

/// <summary>What a queue does with a node that asks.</summary>
public interface INodeLeases
{
    /// <summary>
    /// Keeps that the node was heard of and settles the leases that it does not hold; the condition says whether it has not
    /// asked anew.
    /// </summary>
    Task<NodeOpening> OpenAsync(NodeOffer offer, Func<bool> isLatest, CancellationToken cancellationToken);

    /// <summary>Gives the node the run; null when one of both is not as it was, of which the dispatcher then was told.</summary>
    Task<Lease?> GiveAsync(
        PlacementDecision decision,
        NodeOffer offer,
        Func<bool> isLatest,
        CancellationToken cancellationToken
    );
}

/// <summary>How a node stands that asks.</summary>
/// <param name="Again">A lease that is given to it again; null for none.</param>
/// <param name="MayTake">Whether it may be given a run.</param>
public sealed record NodeOpening(Lease? Again, bool MayTake);
