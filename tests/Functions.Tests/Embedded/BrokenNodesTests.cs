using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Nodes;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Http;
using Trainyard.Functions.Middleware;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Functions.Tests;

/// <summary>A node that fails run after run, from its reports to what an operator and an owner see.</summary>
public sealed class BrokenNodesTests : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_without_room_fails_three_runs_and_the_fourth_waits_with_a_reason()
    {
        for (var i = 0; i < 3; i++)
        {
            await _host.QueuedAsync();
            await ReportAsync(await _host.LeaseAsync(), AttemptOutcome.NodeFailed, "No space left on device");
        }
        var fourth = await _host.QueuedAsync();

        var status = (await _host.Make<OwnRuns>().ToResourceAsync(fourth, default)).Entity.Status;
        Assert.Equal("nodes_set_aside", status.Reason!.Code);
        var node = Assert.Single(await NodesAsync());
        Assert.Equal(
            ("node-1", "set_aside", 4, 0, 3, "No space left on device"),
            (node.Name, node.State, node.Slots, node.FreeSlots, node.Failures, node.Reason)
        );
        Assert.Equal(_host.Time.GetUtcNow() + TimeSpan.FromMinutes(1), node.SetAsideUntil);
    }

    [Theory]
    [InlineData(AttemptOutcome.CommandFailed)]
    [InlineData(AttemptOutcome.OutOfMemory)]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.MaxDurationExceeded)]
    [InlineData(AttemptOutcome.DownloadFailed)]
    [InlineData(AttemptOutcome.ArchiveFailed)]
    [InlineData(AttemptOutcome.Canceled)]
    public async Task What_is_not_the_nodes_fault_does_not_count(AttemptOutcome outcome)
    {
        for (var i = 0; i < 4; i++)
        {
            await _host.QueuedAsync();
            await ReportAsync(await _host.LeaseAsync(), outcome, "");
        }

        var node = Assert.Single(await NodesAsync());
        Assert.Equal(("ready", 0, null), (node.State, node.Failures, node.SetAsideUntil));
    }

    [Fact]
    public async Task A_node_out_of_order_is_listed_with_what_its_agent_says()
    {
        var offer = new NodeOffer
        {
            Node = "node-2",
            Pool = _host.Pool.Name,
            Gpus = 0,
            Slots = 0,
            FreeSlots = 0,
            Unlimited = ["memory"],
            Facts = new NodeCapabilities { Cpus = 4, MemoryBytes = 8_000_000_000 },
            Problem = "nvidia-smi does not answer",
        };
        await _host.Queue.LeaseAsync(OfferedFacts.Complete(offer, _host.Pool), TimeSpan.Zero, default);

        var node = Assert.Single(await NodesAsync());
        Assert.Equal(("out_of_order", "nvidia-smi does not answer"), (node.State, node.Reason));
        Assert.Equal(["memory"], node.Provides!.Unlimited);
        // The node has recovered.
        offer = offer with
        {
            Slots = 4,
            FreeSlots = 4,
            Problem = null,
        };
        await _host.Queue.LeaseAsync(OfferedFacts.Complete(offer, _host.Pool), TimeSpan.Zero, default);
        node = Assert.Single(await NodesAsync());
        Assert.Equal(("ready", 4), (node.State, node.FreeSlots));
    }

    [Fact]
    public async Task A_node_that_is_not_heard_of_is_silent()
    {
        await _host.QueuedAsync();
        await _host.LeaseAsync();
        _host.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("silent", Assert.Single(await NodesAsync()).State);
    }

    [Fact]
    public async Task Nodes_are_shown_to_operators_only()
    {
        var answer = await ListAsync(isOperator: false);

        Assert.Equal(StatusCodes.Status403Forbidden, ((IStatusCodeHttpResult)answer).StatusCode);
    }

    private async Task ReportAsync(LeaseKey lease, AttemptOutcome outcome, string message)
    {
        var report = new CompletionReport
        {
            Outcome = outcome,
            Message = message,
            LeasedAt = _host.Time.GetUtcNow(),
            FinishedAt = _host.Time.GetUtcNow(),
            StagedFiles = 0,
            StagedBytes = 0,
        };
        var caller = new LeaseCaller(lease, await _host.Queue.RenewAsync(lease, extend: null, default));
        var request = RunsHost.Request(caller, JsonSerializer.Serialize(report, WireJson.Options));
        await _host.Make<AttemptReports>().CompletionAsync(request, _host.Client, default);
    }

    private async Task<IReadOnlyList<NodeResource>> NodesAsync() =>
        ((JsonHttpResult<NodeListResource>)await ListAsync(isOperator: true)).Value!.Resources;

    private Task<IResult> ListAsync(bool isOperator) =>
        _host
            .Make<ListNodes>()
            .RunAsync(
                RunsHost.Request(
                    new UserCaller(Owner.Parse("jean"), isOperator, KeyHash: "0123456789abcdef", HasToken: false)
                ),
                default
            );
}
