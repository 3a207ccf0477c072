using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Tests.Runs;

public sealed class RunStoreExtensionsTests
{
    [Fact]
    public async Task A_store_that_never_takes_a_change_is_given_up()
    {
        var store = new StubbornStore(refusals: int.MaxValue);

        var failure = await Assert.ThrowsAsync<IOException>(() => store.ChangeAsync(store.Run.Id, run => run, default));

        Assert.Contains(store.Run.Id.ToString(), failure.Message);
        Assert.InRange(store.Updates, 2, 1_000);
    }

    [Fact]
    public async Task A_change_is_made_again_on_what_is_there_when_somebody_else_was_faster()
    {
        var store = new StubbornStore(refusals: 3);
        var changes = 0;

        var changed = await store.ChangeAsync(store.Run.Id, run => run with { Attempt = ++changes }, default);

        Assert.Equal(4, changed!.Attempt);
        Assert.Equal(4, store.Updates);
    }

    /// <summary>One record that others change at the same time, so often.</summary>
    private sealed class StubbornStore(int refusals) : IRunStore
    {
        public TrainingRun Run { get; } = Samples.RunIn(RunPhase.Queued);

        public int Updates { get; private set; }

        public Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken) =>
            Task.FromResult<VersionedRun?>(new VersionedRun(Run, "1"));

        public Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken) =>
            Task.FromResult(++Updates > refusals);

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
