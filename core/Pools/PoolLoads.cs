using System.Collections;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <summary>Builds a pool's load from the state of a dispatcher.</summary>
public static class PoolLoads
{
    private const int MostListed = 10_000;

    /// <summary>The load of a pool; the list of waiting runs is filled only on request.</summary>
    public static PoolLoad Of(
        Dispatcher dispatcher,
        string pool,
        IReadOnlyList<PoolNode> nodes,
        StartingMachines? starting
    ) =>
        new()
        {
            Waiting = new Listed(() => List(dispatcher, pool)),
            WaitingCount = dispatcher.Read(pool, (scheduler, _) => scheduler.WaitingCount),
            WaitingOf = owner => dispatcher.Read(pool, (scheduler, _) => scheduler.WaitingOf(owner.ToString())),
            Standings = Standings(dispatcher, pool),
            Nodes = nodes,
            Starting = starting,
        };

    // Computed at the first call and shared by later ones.
    private static Func<RunId, RunStanding?> Standings(Dispatcher dispatcher, string pool)
    {
        Func<RunId, RunStanding?>? find = null;
        return id => dispatcher.Read(pool, (scheduler, now) => (find ??= scheduler.Standings(now))(id));
    }

    private static IReadOnlyList<WaitingRun> List(Dispatcher dispatcher, string pool) =>
        dispatcher.Read<IReadOnlyList<WaitingRun>>(
            pool,
            (scheduler, now) => [.. scheduler.Waiting(now, MostListed).Select(run => Told(run, now))]
        );

    private static WaitingRun Told(QueuedRun run, DateTimeOffset now) =>
        new(run.RunId, run.Needs) { Nodes = run.Nodes, NotBefore = run.NotBefore > now ? run.NotBefore : null };

    private sealed class Listed(Func<IReadOnlyList<WaitingRun>> list) : IReadOnlyList<WaitingRun>
    {
        private readonly Lazy<IReadOnlyList<WaitingRun>> _runs = new(list);

        public int Count => _runs.Value.Count;

        public WaitingRun this[int index] => _runs.Value[index];

        public IEnumerator<WaitingRun> GetEnumerator() => _runs.Value.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
