using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Tests.Shared;

/// <summary>Placements of runs in pools that tests make up.</summary>
public static class Placements
{
    /// <summary>Nobody has asked for work yet.</summary>
    public static Placement InNoPool { get; } = In([], new PoolOptions(), TimeProvider.System);

    public static Placement In(IReadOnlyList<PoolNode> nodes, PoolOptions options, TimeProvider time) =>
        new(new InMemoryPoolLoad(nodes), FrameworkCatalog.Default, options, time);

    private sealed class InMemoryPoolLoad(IReadOnlyList<PoolNode> nodes) : IPoolLoad
    {
        public Task<PoolLoad> ReadAsync(string pool, CancellationToken cancellationToken) =>
            Task.FromResult(new PoolLoad { Waiting = [], Nodes = nodes });

        public Task<bool> RetireAsync(string node, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task JudgeAsync(LostLease attempt, NodeVerdict verdict, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public Task AnnounceAsync(string pool, StartingMachines starting, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
