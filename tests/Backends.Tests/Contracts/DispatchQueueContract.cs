using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every dispatch queue does. Leases last a minute in these tests.</summary>
public abstract partial class DispatchQueueContract : IAsyncLifetime
{
    protected static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    protected abstract IDispatchQueue Queue { get; }

    protected abstract ManualTime Time { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Time passes, and the service is there: it looks for expired leases every five seconds.</summary>
    protected async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            Time.Advance(left < TimeSpan.FromSeconds(5) ? left : TimeSpan.FromSeconds(5));
            await Queue.TakeExpiredAsync(default);
        }
    }

    protected static NodeOffer Cpu(string node, int free = 2) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = 0,
            Slots = 2,
            FreeSlots = free,
            Facts = Facts,
        };

    /// <summary>Of a node that is as large as any run of these tests, and takes GPU runs on its CPU where it has none.</summary>
    protected static NodeCapabilities Facts { get; } =
        new()
        {
            Cpus = 64,
            MemoryBytes = 1L << 40,
            Pythons = [],
            CpuStandIn = true,
        };

    protected static NodeOffer Gpu(string node, int gpus, int? free = null) =>
        new()
        {
            Node = node,
            Pool = "default",
            Gpus = gpus,
            Slots = gpus,
            FreeSlots = free ?? gpus,
        };

    protected static LeaseKey KeyOf(Lease lease) => new(lease.RunId, lease.Attempt, lease.Token);

    protected Task<Lease?> LeaseAsync(NodeOffer offer) => Queue.LeaseAsync(offer, TimeSpan.Zero, default);

    protected async Task<RunId> EnqueueAsync(int gpus = 0, int priority = 0, string owner = "jean")
    {
        var id = RunId.New();
        await Queue.EnqueueAsync(
            Entry(id) with
            {
                Needs = new RunNeeds { Gpus = gpus },
                Priority = priority,
                Owner = Owner.Parse(owner),
            },
            default
        );
        return id;
    }

    protected async Task<(Lease, LeaseKey)> LeasedAsync()
    {
        await EnqueueAsync();
        var lease = await LeaseAsync(Cpu("node"));
        return (lease!, KeyOf(lease!));
    }

    private static DispatchEntry Entry(RunId id, int attempt = 1) =>
        new()
        {
            RunId = id,
            Attempt = attempt,
            Owner = Owner.Parse("jean"),
            Pool = "default",
            Needs = new RunNeeds(),
        };

    private async Task LostAsync(LeaseKey key)
    {
        await Assert.ThrowsAsync<LeaseLostException>(() => Queue.RenewAsync(key, null, default));
        await Assert.ThrowsAsync<LeaseLostException>(() => Queue.RenewAsync(key, LeaseDuration, default));
    }
}
