using System.Collections.Concurrent;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Facts;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Leasing;

/// <summary>The agent's life: asks for work while slots are free, one question at a time, and starts what it gets.</summary>
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
    private readonly Promises _promises = new();
    private readonly ServiceOutage _outage = new(node.Time);

    /// <summary>Null: an idle agent waits for its service for ever.</summary>
    public TimeSpan? IdleExit { get; init; }

    /// <summary>What runs now.</summary>
    public IEnumerable<Attempt> Attempts => _attempts.Values;

    public async Task RunAsync()
    {
        // A question that tells little would be asked again at once.
        await Task.WhenAny(facts.Looked, Task.Delay(FirstLook, node.Time), drain.Requested);
        while (!IsDone())
        {
            if (drain.IsRequested)
            {
                await DrainAsync();
            }
            // A node that is out of order asks too: the service learns why it takes no run, and this agent whether it is there.
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

    /// <summary>Gives up everything: nobody will ever ask for it.</summary>
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
            // Something changed that the next question tells.
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
        var now = facts.Now;
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
            Problem = gpus.Problem,
        };
    }

    /// <returns>False when it does not fit; the service learns from the next question that it is not held.</returns>
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
                _ = new SetAside(slots, node.Time, node.Logger).ReleaseWhenGoneAsync(grant, grant.HeldBy);
            }
        }
    }
}
