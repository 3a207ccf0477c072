using System.Collections.Concurrent;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Facts;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Leasing;

/// <summary>
/// The main loop of the agent: asks for work while slots are free, one request at a time, and starts the leased runs.
/// </summary>
internal sealed class LeaseLoop(
    NodeServices node,
    LeaseQuestion question,
    SlotTable slots,
    Drain drain,
    DrainEnd drainEnd,
    DiskGuard disk,
    GpuWatch gpus,
    NodeFactsWatch facts,
    string pool
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<HeldLease, Attempt> _attempts = new();
    private readonly CommittedResources _promises = new();
    private readonly ServiceOutage _outage = new(node.Time);

    /// <summary>
    /// The agent exits after this time without the service while no attempt runs. Null: it waits for ever.
    /// </summary>
    public TimeSpan? IdleExit { get; init; }

    /// <summary>The attempts that run now.</summary>
    public IEnumerable<Attempt> Attempts => _attempts.Values;

    public async Task RunAsync()
    {
        // Waits for the first facts about the node: a request without them would be repeated at once.
        await Task.WhenAny(facts.Looked, Task.Delay(FirstLook, node.Time), drain.Requested);
        while (!IsDone())
        {
            if (drain.IsRequested)
            {
                await DrainAsync();
            }
            // A node without working slots asks too: so the service learns the problem, and the agent learns whether
            // the service is there.
            else if (slots is { Free: 0, Slots: > 0 })
            {
                await Task.WhenAny(slots.Changed, drain.Requested);
            }
            else
            {
                await AskAsync();
            }
        }
        Log.Stopping(node.Logger, drain.IsRequested ? "told to" : "the service went away");
    }

    /// <summary>Stops the agent and abandons all attempts without a report.</summary>
    public void Abandon()
    {
        drain.Request();
        foreach (var attempt in _attempts.Values)
        {
            attempt.Abandon();
        }
    }

    private bool IsDone() =>
        _attempts.IsEmpty && (drain.IsRequested || (IdleExit is { } longest && _outage.Silence > longest));

    private async Task DrainAsync()
    {
        await Task.WhenAny(slots.Changed, Task.Delay(Pause / 4, node.Time));
        drain.Review();
        drainEnd.Look(_attempts.Values);
    }

    private async Task AskAsync()
    {
        using var interrupt = new CancellationTokenSource();
        var roomChanged = disk.Changed;
        var factsChanged = facts.Changed;
        var asking = AskOnceAsync(interrupt.Token);
        await Task.WhenAny(asking, slots.Changed, drain.Requested, roomChanged, factsChanged);
        await interrupt.CancelAsync();
        await asking;
    }

    private async Task AskOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var task = await question.AskAsync(Offer(), node.Options.LeaseWait, cancellationToken);
            if (_outage.End())
            {
                Log.ServiceBack(node.Logger);
            }
            if (task is not null && !Start(task))
            {
                await Task.Delay(Pause, node.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The offer changed: the next request sends the new one.
        }
        catch (Exception e) when (e is ServiceAwayException or ServiceRefusedException or PoolKeyRefusedException)
        {
            await RecoverAsync(e, cancellationToken);
        }
    }

    private async Task RecoverAsync(Exception e, CancellationToken cancellationToken)
    {
        var isNew = _outage.Note(
            answered: e is not (ServiceAwayException { Answered: false } or PoolKeyRefusedException { Answered: false })
        );
        if (isNew && e is PoolKeyRefusedException)
        {
            Log.PoolKeyRefused(node.Logger, e.Message);
        }
        else if (isNew)
        {
            Log.ServiceAway(node.Logger, e.Message);
        }
        await Task.Delay(_outage.NextDelay(), node.Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        node.Address.Refresh();
    }

    private NodeOffer Offer()
    {
        var now = facts.Now with { DiskBytes = disk.Room.Bytes };
        return new()
        {
            Node = node.Node,
            Pool = pool,
            Gpus = slots.Gpus,
            Slots = slots.Slots,
            FreeSlots = disk.HasRoom ? slots.Free : 0,
            Holds = [.. _attempts.Keys],
            Sandbox = node.Sandbox.Name,
            SandboxChosen = node.Options.Sandbox is not SandboxMode.Auto,
            CommandsAsRoot = node.Sandbox.CommandsAreRoot,
            Unlimited = node.Groups.Unlimited,
            Containers = node.ContainersNow?.Engine.Fact,
            Facts = now,
            FreeCpus = _promises.FreeCpus(now),
            FreeMemoryBytes = _promises.FreeMemoryBytes(now),
            FreeDiskBytes = disk.Room.FreeBytes(_attempts.Values),
            Problem = gpus.Problem,
        };
    }

    /// <returns>
    /// False when the run does not fit; the next request then shows the service that this node does not hold it.
    /// </returns>
    private bool Start(NodeTask task)
    {
        if (slots.TryTake(task.Slots) is not { } grant)
        {
            Log.LeaseTooLarge(node.Logger, task.RunId, task.Slots);
            return false;
        }
        Log.Leased(node.Logger, task.RunId, task.Attempt);
        var held = new HeldLease(task.RunId, task.Attempt);
        var attempt = new Attempt(node, task, grant);
        _promises.Make(held, task, facts.Now, slots.Slots);
        _attempts[held] = attempt;
        _ = Task.Run(() => RunAsync(held, attempt, grant));
        return true;
    }

    private async Task RunAsync(HeldLease held, Attempt attempt, SlotGrant grant)
    {
        try
        {
            await attempt.RunAsync();
        }
        finally
        {
            _promises.End(held);
            _attempts.TryRemove(held, out _);
            if (grant.HeldBy is null)
            {
                slots.Release(grant);
            }
            else
            {
                _ = new SlotQuarantine(slots, node.Time, node.Logger).ReleaseWhenGoneAsync(grant, grant.HeldBy);
            }
        }
    }
}
