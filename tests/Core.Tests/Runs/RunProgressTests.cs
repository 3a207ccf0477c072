using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Core.Tests.Runs;

public sealed class RunProgressTests
{
    private readonly OneRunStore _store = new();
    private readonly RunProgress _progress;

    public RunProgressTests() => _progress = new RunProgress(_store, new ManualTime());

    [Fact]
    public async Task The_first_attempt_leaves_a_queued_run_queued()
    {
        _store.Run = Samples.RunIn(RunPhase.Queued);

        var run = await _progress.BeginAttemptAsync(_store.Run.Id, 1, reason: null, default);

        Assert.Equal((RunPhase.Queued, 1, 1), (run!.Phase, run.Attempt, run.History.Count));
    }

    [Fact]
    public async Task Another_attempt_takes_the_run_back_into_the_queue_and_from_its_node()
    {
        _store.Run = Samples.RunIn(RunPhase.Processing) with { Attempt = 1, Node = "a" };

        var run = await _progress.BeginAttemptAsync(_store.Run.Id, 2, reason: null, default);

        Assert.Equal((RunPhase.Queued, 2, null), (run!.Phase, run.Attempt, run.Node));
    }

    [Theory]
    [InlineData(RunPhase.Downloading)]
    [InlineData(RunPhase.Processing)]
    [InlineData(RunPhase.Storing)]
    [InlineData(RunPhase.Completed)]
    public async Task What_is_begun_a_second_time_stays_where_its_node_took_it(RunPhase phase)
    {
        _store.Run = Samples.RunIn(phase) with { Attempt = 1, Node = "a" };
        var before = _store.Run;

        Assert.Same(before, await _progress.BeginAttemptAsync(before.Id, 1, reason: null, default));
        Assert.Same(before, _store.Run);
    }

    private sealed class OneRunStore : IRunStore
    {
        public TrainingRun Run { get; set; } = Samples.RunIn(RunPhase.Queued);

        public Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken) =>
            Task.FromResult<VersionedRun?>(new VersionedRun(Run, "1"));

        public Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken)
        {
            Run = run.Run;
            return Task.FromResult(true);
        }

        public Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task DeleteAsync(RunId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<TrainingRun> ListPurgeableAsync(
            DateTimeOffset now,
            TimeSpan retention,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();
    }
}
