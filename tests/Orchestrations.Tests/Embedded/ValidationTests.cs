namespace Trainyard.Orchestrations.Tests;

/// <summary>What is looked at in the user's buckets before a run is queued.</summary>
public sealed class ValidationTests : IAsyncLifetime
{
    private StoringHost host = null!;

    public async Task InitializeAsync() => host = await StoringHost.StartAsync();

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_run_may_be_validated_twice()
    {
        Assert.Null(await host.ValidateAsync());
        Assert.Null(await host.ValidateAsync());

        Assert.Equal(["_submitted_code/model.zip"], host.Stored);
    }

    [Theory]
    [InlineData("model/weights.bin")]
    [InlineData("learner-1/training-log.txt")]
    [InlineData("_submitted_code/old.zip")]
    public async Task Results_of_a_deleted_run_of_the_same_id_are_not_mixed_with_new_ones(string path)
    {
        host.PutResult(path, "old");

        var refusal = await host.ValidateAsync();

        Assert.Equal("results_exist", refusal?.Code);
        Assert.Equal([path], host.Stored);
    }
}
