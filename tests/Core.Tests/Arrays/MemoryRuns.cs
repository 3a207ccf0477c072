using System.Collections.Concurrent;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Tests.Arrays;

/// <summary>Records in memory, with versions; conflicts happen when a test asks for them.</summary>
internal sealed class MemoryRuns : IRunStore
{
    private readonly ConcurrentDictionary<RunId, VersionedRun> _runs = [];
    private int _version;

    /// <summary>Runs before each update: somebody else's write.</summary>
    public Action BeforeUpdate { get; set; } = () => { };

    public int Reads { get; private set; }

    public TrainingRun this[RunId id]
    {
        get => _runs[id].Run;
        set => _runs[id] = new(value, $"{Interlocked.Increment(ref _version)}");
    }

    public IEnumerable<TrainingRun> All => _runs.Values.Select(versioned => versioned.Run);

    public Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken) =>
        Task.FromResult(_runs.TryAdd(run.Id, new(run, $"{Interlocked.Increment(ref _version)}")));

    public Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult(_runs.GetValueOrDefault(id));
    }

    public Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken)
    {
        BeforeUpdate();
        var isSame = _runs.GetValueOrDefault(run.Run.Id)?.Version == run.Version;
        if (isSame)
        {
            this[run.Run.Id] = run.Run;
        }
        return Task.FromResult(isSame);
    }

    public Task DeleteAsync(RunId id, CancellationToken cancellationToken)
    {
        _runs.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    /// <summary>Runs by themselves, as an owner's are.</summary>
    public Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new RunPage([.. All.Where(run => run.Element is null)], null));

    public IAsyncEnumerable<TrainingRun> ListPurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();
}
