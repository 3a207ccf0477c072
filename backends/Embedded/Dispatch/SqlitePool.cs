using Microsoft.Extensions.Options;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Dispatch;

/// <summary>
/// The queue's tables and the dispatcher that decides on placements. The dispatcher learns of each change before the
/// next one is written; the tables are read as a whole only at the start of the process.
/// </summary>
internal sealed class SqlitePool
{
    // A signal wakes waiting nodes. This interval covers changes without a signal and keeps a waiting node "seen".
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    public SqlitePool(SqliteDatabase database, TimeProvider time, IOptions<PoolOptions> options)
    {
        _database = database;
        _time = time;
        Scheduling = options.Value.Scheduling;
        Dispatcher = new Dispatcher(time, Scheduling, LookAgain);
        Load();
    }

    public SchedulingOptions Scheduling { get; }

    public Dispatcher Dispatcher { get; }

    public T Read<T>(Func<SqliteSession, T> work) => _database.Read(work);

    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        _database.WriteAsync(work, cancellationToken);

    /// <summary>Changes attempts and tells the dispatcher the new state of their runs.</summary>
    public async Task<T> ChangeAsync<T>(
        Func<SqliteSession, T> change,
        Func<T, IEnumerable<RunId>> changed,
        CancellationToken cancellationToken
    )
    {
        var (result, _) = await _database.WriteAsync(
            session =>
            {
                var result = change(session);
                return (result, changed(result).Select(id => (Id: id, Row: AttemptRow.Find(session, id))).ToList());
            },
            done => done.Item2.ForEach(each => Tell(each.Id, each.Row)),
            cancellationToken
        );
        return result;
    }

    private void Tell(RunId id, AttemptRow? row)
    {
        var now = _time.GetUtcNow();
        switch (row?.State)
        {
            case AttemptState.Queued:
                Dispatcher.Enqueued(row.Pool, row.ToQueued(now));
                break;
            case AttemptState.Leased:
                Dispatcher.Started(row.Pool, row.ToRunning(now));
                break;
            default:
                Dispatcher.Ended(id);
                break;
        }
    }

    private void Load()
    {
        var now = _time.GetUtcNow();
        var (usage, nodes, attempts) = _database.Read(session =>
            (UsageTable.All(session), NodeTable.All(session, now), AttemptRow.Live(session))
        );
        foreach (var (pool, owner, gpuSeconds, at) in usage)
        {
            Dispatcher.Load(pool, (scheduler, _) => scheduler.SetUsage(owner, gpuSeconds, at));
        }
        foreach (var node in nodes)
        {
            Dispatcher.Load(node.Pool, (scheduler, _) => scheduler.See(NodeOffers.Sighting(node)));
        }
        foreach (var row in attempts)
        {
            Tell(row.RunId, row);
        }
    }
}
