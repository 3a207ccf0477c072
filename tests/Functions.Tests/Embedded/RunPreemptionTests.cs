using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

/// <summary>A run that gives way, from the order to what its report counts as.</summary>
public sealed class RunPreemptionTests : IAsyncLifetime
{
    private static readonly PreemptionOrder Order = new()
    {
        For = RunId.Parse("training-abcdefghi"),
        IsSameOwner = false,
        Priority = 0,
        At = DateTimeOffset.UnixEpoch,
    };

    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_node_is_told_with_a_heartbeat_and_the_owner_in_the_runs_reason(bool isOn)
    {
        _host.Pool.Preemption = isOn;
        var victim = await _host.AcceptedAsync();
        var key = await LeasedAsync(victim);
        Assert.False(await IsToldAsync(key));
        var urgent = RunId.New();
        await _host.Queue.EnqueueAsync(Entry(urgent) with { Priority = 1 }, default);

        await _host.Get<RunPreemption>().PreemptAsync(default);

        Assert.Equal(isOn, await IsToldAsync(key));
        Assert.Equal(
            isOn
                ? $"preempting: gives way to your run {urgent} of priority high: it is stopped with its grace time and goes on later"
                : null,
            (await _host.RecordAsync(victim.Id)).Reason?.ToString()
        );
    }

    [Fact]
    public void A_run_on_several_nodes_is_told_to_leave_all_of_them() =>
        Assert.Equal(
            "gives way to a run of priority normal of another owner, who had used less of the pool: it is stopped on all of its 3 nodes with its grace time and goes on later",
            PreemptionTexts.GivesWay(Order, nodes: 3)
        );

    [Fact]
    public void Who_gave_way_as_told_says_to_whom_and_has_no_exit_code()
    {
        var report = PreemptedReports.Settle(Report(AttemptOutcome.Preempted), StatusWith(Order));

        Assert.Equal(
            (
                AttemptOutcome.Preempted,
                null,
                "gave way to a run of priority normal of another owner, who had used less of the pool"
            ),
            (report.Outcome, report.ExitCode, report.Message)
        );
    }

    [Fact]
    public void Who_gave_way_unasked_counts_as_handed_back()
    {
        var report = PreemptedReports.Settle(Report(AttemptOutcome.Preempted), StatusWith(null));

        Assert.Equal((AttemptOutcome.HandedBack, 143), (report.Outcome, report.ExitCode));
    }

    [Fact]
    public void Who_ended_before_it_could_give_way_has_ended()
    {
        var report = Report(AttemptOutcome.Succeeded);

        Assert.Same(report, PreemptedReports.Settle(report, StatusWith(Order)));
    }

    [Fact]
    public async Task Of_two_runs_the_one_gives_way_that_saved_a_checkpoint_last()
    {
        var older = await LeasedAsync(await _host.AcceptedAsync());
        var younger = await LeasedAsync(await _host.AcceptedAsync(), "node-2");
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await CommitAsync(older);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await _host.Queue.EnqueueAsync(Entry(RunId.New()) with { Priority = 1 }, default);

        await _host.Get<RunPreemption>().PreemptAsync(default);

        Assert.Equal((true, false), (await IsToldAsync(older), await IsToldAsync(younger)));
    }

    private async Task CommitAsync(LeaseKey key)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("state"u8));
        var blob = BlobName.Parse(RunBlobs.CheckpointContentPrefix(key.RunId) + hash);
        await _host.Get<IBlobStore>().PutAsync(blob, new MemoryStream("state"u8.ToArray()), hash, default);
        var file = new CheckpointFile
        {
            Path = "step",
            Bytes = 5,
            Sha256 = hash,
            ModifiedAt = DateTimeOffset.UnixEpoch,
        };
        var body = JsonSerializer.Serialize(new CheckpointCommit { Files = [file] }, WireJson.Options);
        var caller = new LeaseCaller(key, await _host.Queue.RenewAsync(key, extend: null, default));
        Assert.IsType<NoContent>(
            await _host.Make<AttemptCheckpoints>().CommitAsync(RunsHost.Request(caller, body), default)
        );
    }

    private async Task<LeaseKey> LeasedAsync(TrainingRun run, string node = "node-1")
    {
        await _host.Get<RunProgress>().BeginAttemptAsync(run.Id, 1, reason: null, default);
        await _host.Queue.EnqueueAsync(Entry(run.Id) with { IsPreemptible = true }, default);
        var offer = new NodeOffer
        {
            Node = node,
            Pool = _host.Pool.Name,
            Gpus = 0,
            Slots = 1,
            FreeSlots = 1,
        };
        var lease = await _host.Queue.LeaseAsync(offer, TimeSpan.Zero, default);
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Downloading, reason: null, default);
        return new LeaseKey(run.Id, 1, lease!.Token);
    }

    private DispatchEntry Entry(RunId id) =>
        new()
        {
            RunId = id,
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = _host.Pool.Name,
            Needs = new RunNeeds(),
        };

    private async Task<bool> IsToldAsync(LeaseKey key)
    {
        var caller = new LeaseCaller(key, await _host.Queue.RenewAsync(key, extend: null, default));
        var answer = await _host.Make<AttemptReports>().HeartbeatAsync(RunsHost.Request(caller), default);
        return ((JsonHttpResult<HeartbeatAnswer>)answer).Value!.PreemptRequested;
    }

    private static LeaseStatus StatusWith(PreemptionOrder? order) =>
        new(DateTimeOffset.UnixEpoch, CancelRequested: false, "node-1") { Preemption = order };

    private static CompletionReport Report(AttemptOutcome outcome) =>
        new()
        {
            Outcome = outcome,
            ExitCode = 143,
            Message = "Told to give way to another run.",
            LeasedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
            StagedFiles = 0,
            StagedBytes = 0,
        };
}
