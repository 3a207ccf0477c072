using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Storing;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>What is looked at in the user's buckets before a run is queued.</summary>
public sealed class ValidationTests : IAsyncLifetime
{
    private StoringHost _host = null!;

    public async Task InitializeAsync() => _host = await StoringHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_run_may_be_validated_twice()
    {
        Assert.Null(await _host.ValidateAsync());
        Assert.Null(await _host.ValidateAsync());

        Assert.Equal(["_submitted_code/model.zip"], _host.Stored);
    }

    [Theory]
    [InlineData("model/weights.bin")]
    [InlineData("learner-1/training-log.txt")]
    [InlineData("_submitted_code/old.zip")]
    public async Task Results_of_a_deleted_run_of_the_same_id_are_not_mixed_with_new_ones(string path)
    {
        _host.PutResult(path, "old");

        var refusal = await _host.ValidateAsync();

        Assert.Equal("results_exist", refusal?.Code);
        Assert.Equal([path], _host.Stored);
    }

    [Fact]
    public async Task Data_cannot_stay_in_a_store_that_gives_no_addresses()
    {
        var refusal = await _host.ValidateAsync(DataMode.Stream);

        Assert.Equal("stream_impossible", refusal?.Code);
        Assert.Equal(Fault.User, refusal?.Fault);
        Assert.Empty(_host.Stored);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_takes_connections_and_says_nothing_is_given_up(bool isDataStore)
    {
        var time = new ManualTime();
        var silent = new SilentStores(_host.Stores, isDataStore);

        var validation = _host.ValidateAsync(stores: silent, time: time);
        await silent.Asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(validation.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));

        var given = await Assert.ThrowsAsync<StoreRetryException>(() => validation);
        Assert.StartsWith(
            "System store_unavailable: The store takes connections, but does not answer within 30 seconds: bucket '",
            given.Message
        );
    }

    /// <summary>Stores of which one never answers: where the data is, or where results of the run are looked for.</summary>
    private sealed class SilentStores(IObjectStoreFactory stores, bool isDataStore) : IObjectStoreFactory
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IObjectStore Open(DataStoreReference store, StoreCredentials credentials, Owner owner) =>
            new SilentStore(stores.Open(store, credentials, owner), isDataStore, Asked);
    }

    private sealed class SilentStore(IObjectStore inner, bool isDataStore, TaskCompletionSource asked)
        : DelegatingObjectStore(inner)
    {
        public override Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
            isDataStore ? SilenceAsync(cancellationToken) : base.ProbeAsync(bucket, cancellationToken);

        public override async Task<ObjectPage> ListAsync(
            string bucket,
            string prefix,
            string? continuation,
            int limit,
            CancellationToken cancellationToken
        )
        {
            if (prefix.Length > 0)
            {
                await SilenceAsync(cancellationToken);
            }
            return await base.ListAsync(bucket, prefix, continuation, limit, cancellationToken);
        }

        private Task SilenceAsync(CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
