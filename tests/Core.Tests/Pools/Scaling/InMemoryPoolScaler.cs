using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Core.Tests.Pools.Scaling;

/// <summary>Machines that are there as soon as they are asked for.</summary>
internal sealed class InMemoryPoolScaler : IPoolScaler
{
    public List<PoolMachine>? Machines { get; set; } = [];

    public Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PoolMachine>?>(Machines?.ToList());

    public Task GrowToAsync(int count, CancellationToken cancellationToken)
    {
        while (Machines!.Count < count)
        {
            Machines.Add(Pools.Machine(Machines.Count, TimeSpan.Zero));
        }
        return Task.CompletedTask;
    }

    public Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken)
    {
        Machines!.RemoveAll(machines.Contains);
        return Task.CompletedTask;
    }
}

/// <summary>A queue as a test says it is.</summary>
internal sealed class InMemoryPoolLoad : IPoolLoad
{
    public PoolLoad Load { get; set; } = Pools.Load([]);

    /// <summary>The nodes that were given a run since the load was read.</summary>
    public HashSet<string> Leased { get; } = [];

    public HashSet<string> Retired { get; } = [];

    public Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken) => Task.FromResult(Load);

    public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) =>
        Task.FromResult(!Leased.Contains(node) && (Retired.Add(node) || true));

    public Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken)
    {
        Load = Load with { Starting = starting };
        return Task.CompletedTask;
    }
}
