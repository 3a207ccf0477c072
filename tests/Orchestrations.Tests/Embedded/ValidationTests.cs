using Trainyard.Contracts.Runs;
using Trainyard.Manifests.Model;

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
}
