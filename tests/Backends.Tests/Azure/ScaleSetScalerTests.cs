using Azure;
using Trainyard.Backends.Azure.Hosting;
using Trainyard.Backends.Azure.Scaling;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.OnAzure;

public sealed class ScaleSetScalerTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private FakeScaleSet _azure = null!;
    private ScaleSetScaler _scaler = null!;

    public async Task InitializeAsync()
    {
        _azure = await FakeScaleSet.StartAsync();
        _azure.Time = _time;
        _scaler = _azure.Scaler(_time);
    }

    public async Task DisposeAsync() => await _azure.DisposeAsync();

    [Fact]
    public async Task Machines_are_listed_page_by_page_by_the_name_their_nodes_have()
    {
        for (var i = 0; i < 5; i++)
        {
            _azure.Add();
        }

        var machines = await _scaler.ListAsync(default);

        Assert.Equal(["0", "1", "2", "3", "4"], machines!.Select(machine => machine.Id));
        Assert.Equal(new PoolMachine("4", "default-000004", _time.GetUtcNow()), machines![4]);
    }

    [Fact]
    public async Task Machines_that_are_being_deleted_are_not_listed_and_those_being_made_are()
    {
        _azure.Add("Deleting");
        _azure.Add("Creating");
        _azure.Add("Failed");

        Assert.Equal(["1", "2"], (await _scaler.ListAsync(default))!.Select(machine => machine.Id));
    }

    [Fact]
    public async Task A_machine_of_which_little_is_known_yet_was_just_made()
    {
        _azure.Add("Creating")["properties"] = new System.Text.Json.Nodes.JsonObject();

        Assert.Equal(
            [new PoolMachine("0", "trainyard-default_0", _time.GetUtcNow())],
            await _scaler.ListAsync(default)
        );
    }

    [Fact]
    public async Task Before_there_is_a_scale_set_there_is_nothing_to_scale()
    {
        _azure.Exists = false;

        Assert.Null(await _scaler.ListAsync(default));
    }

    [Fact]
    public async Task Before_the_service_has_a_role_there_is_nothing_to_scale()
    {
        _azure.Failures.Enqueue(403);

        Assert.Null(await _scaler.ListAsync(default));
        Assert.Single(_azure.Requests);
    }

    [Fact]
    public async Task Growing_asks_for_so_many_machines_and_asking_again_changes_nothing()
    {
        await _scaler.GrowToAsync(2, default);
        await _scaler.GrowToAsync(2, default);

        Assert.Equal(2, _azure.Capacity);
        Assert.Equal(2, _azure.Machines.Count);
        Assert.Equal(["GET", "PATCH", "GET"], _azure.Requests);
    }

    [Fact]
    public async Task Growing_never_takes_a_machine_away()
    {
        _azure.Capacity = 5;

        await _scaler.GrowToAsync(2, default);

        Assert.Equal(5, _azure.Capacity);
    }

    [Fact]
    public async Task Growing_leaves_it_when_somebody_else_asked_for_more_in_between()
    {
        _azure.CapacityInBetween = 7;

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => _scaler.GrowToAsync(2, default));

        Assert.Equal(412, failure.Status);
        Assert.Equal(7, _azure.Capacity);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Succeeded")]
    public async Task What_could_not_be_made_or_was_taken_back_is_asked_for_again(string state)
    {
        (_azure.Capacity, _azure.State) = (2, state);

        await _scaler.GrowToAsync(2, default);

        Assert.Equal(2, _azure.Machines.Count);
    }

    [Fact]
    public async Task Exactly_the_machines_that_are_named_are_removed()
    {
        for (var i = 0; i < 4; i++)
        {
            _azure.Add();
        }
        var machines = (await _scaler.ListAsync(default))!;

        await _scaler.RemoveAsync([machines[0], machines[2]], default);

        Assert.Equal(["1", "3"], (await _scaler.ListAsync(default))!.Select(machine => machine.Id));
        Assert.Equal(2, _azure.Capacity);
    }

    [Fact]
    public async Task A_machine_that_somebody_else_began_to_delete_is_gone_from_the_next_list()
    {
        _azure.Add();
        _azure.Add();
        var machines = (await _scaler.ListAsync(default))!;
        await _azure.Scaler(_time).RemoveAsync([machines[0]], default);

        await Assert.ThrowsAsync<RequestFailedException>(() => _scaler.RemoveAsync(machines, default));
        await _scaler.RemoveAsync((await _scaler.ListAsync(default))!, default);

        Assert.All(_azure.Machines, machine => Assert.Equal("Deleting", FakeScaleSet.StateOf(machine)));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_service_that_is_busy_is_asked_again(int status)
    {
        _azure.Failures.Enqueue(status);
        _azure.Failures.Enqueue(status);

        await _scaler.GrowToAsync(1, default);

        Assert.Equal(1, _azure.Capacity);
        Assert.Equal(["GET", "GET", "GET", "PATCH"], _azure.Requests);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(409)]
    public async Task A_refusal_is_a_failure_and_is_not_asked_again(int status)
    {
        _azure.Failures.Enqueue(status);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => _scaler.GrowToAsync(1, default));

        Assert.Equal(status, failure.Status);
        Assert.Single(_azure.Requests);
    }

    [Fact]
    public async Task The_token_goes_to_azure_only()
    {
        for (var i = 0; i < 3; i++)
        {
            _azure.Add();
        }
        _azure.NextHost = "https://management.azure.com.example.org";

        await Assert.ThrowsAsync<InvalidOperationException>(() => _scaler.ListAsync(default));
        Assert.Single(_azure.Requests);
    }

    [Theory]
    [InlineData(FakeScaleSet.Id, true)]
    [InlineData("", false)]
    [InlineData("trainyard-default", false)]
    [InlineData("/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/trainyard", false)]
    [InlineData(
        "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
        false
    )]
    public void A_scale_set_is_named_by_its_resource_id(string text, bool isOne)
    {
        var options = new AzureOptions();
        options.Storage.ConnectionString = "UseDevelopmentStorage=true";
        options.ScaleSet.ResourceId = text;

        Assert.Equal(isOne, options.ScaleSet.FindId() is not null);
        Assert.Equal(isOne || text is "", new AzureOptionsValidator().Validate(null, options).Succeeded);
    }
}
