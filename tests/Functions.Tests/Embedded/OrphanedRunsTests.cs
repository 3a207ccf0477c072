using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Http;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Timers;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

/// <summary>
/// Runs whose orchestration has ended or is gone, with a client that fails as the Functions host's client does.
/// </summary>
public sealed class OrphanedRunsTests : IAsyncLifetime
{
    private const string Cancel = """[{"op":"replace","path":"/status/state","value":"canceled"}]""";

    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("gone")]
    public async Task The_lost_node_of_an_ended_run_does_not_keep_the_next_lost_node_from_being_told(string fate)
    {
        var runs = new List<TrainingRun>();
        var held = new List<HeldLease>();
        for (var i = 0; i < 4; i++)
        {
            runs.Add(await _host.QueuedAsync());
            var lease = await _host.LeaseAsync([.. held]);
            held.Add(new HeldLease(lease.RunId, lease.Attempt));
        }
        await _host.BreakAsync(runs[0].Id, fate);
        await _host.PassAsync(2 * _host.Pool.LeaseDuration);

        await ExpireAsync();

        foreach (var healthy in runs.Skip(1))
        {
            Assert.Equal("node-1/1", await _host.HeardOfAsync(healthy.Id));
        }
        Assert.Equal(RunPhase.Failed, (await _host.RecordAsync(runs[0].Id)).Phase);
        Assert.Empty(await _host.Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task A_lost_node_that_cannot_be_told_now_is_told_later()
    {
        var run = await _host.QueuedAsync();
        await _host.LeaseAsync();
        await _host.PassAsync(2 * _host.Pool.LeaseDuration);
        _host.Client.IsAway = true;
        await ExpireAsync();
        Assert.Single(await _host.Queue.TakeExpiredAsync(default));
        _host.Client.IsAway = false;

        await ExpireAsync();

        Assert.Equal("node-1/1", await _host.HeardOfAsync(run.Id));
        Assert.Empty(await _host.Queue.TakeExpiredAsync(default));
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("gone")]
    public async Task The_report_of_an_ended_run_is_taken_and_frees_the_slot(string fate)
    {
        var run = await _host.QueuedAsync();
        var lease = await _host.LeaseAsync();
        await _host.BreakAsync(run.Id, fate);
        var report = """
            {"outcome":"Succeeded","exit_code":0,"leased_at":"2026-12-31T23:59:00Z","finished_at":"2026-12-31T23:59:58Z",
            "staged_files":0,"staged_bytes":0}
            """;

        var answer = await _host
            .Make<AttemptReports>()
            .CompletionAsync(RunsHost.Request(await AgentAsync(lease), report), _host.Client, default);

        Assert.Equal(StatusCodes.Status204NoContent, StatusOf(answer));
        await Assert.ThrowsAsync<LeaseLostException>(() => _host.Queue.RenewAsync(lease, extend: null, default));
    }

    [Fact]
    public async Task The_start_of_a_command_of_an_ended_run_is_answered_and_its_lease_is_over()
    {
        var run = await _host.QueuedAsync();
        var lease = await _host.LeaseAsync();
        await _host.BreakAsync(run.Id, "terminated");
        var report = """{"phase":"Processing","at":"2026-12-31T23:59:58Z"}""";

        var answer = await _host
            .Make<AttemptReports>()
            .PhaseAsync(RunsHost.Request(await AgentAsync(lease), report), _host.Client, default);

        Assert.Equal(StatusCodes.Status204NoContent, StatusOf(answer));
        await Assert.ThrowsAsync<LeaseLostException>(() => _host.Queue.RenewAsync(lease, extend: null, default));
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("gone")]
    public async Task A_cancel_ends_a_run_that_nothing_moves(string fate)
    {
        var run = await _host.QueuedAsync();
        await _host.BreakAsync(run.Id, fate);

        var answer = await _host
            .Make<CancelRun>()
            .RunAsync(RunsHost.Request(UserOf(run), Cancel), run.Id.ToString(), _host.Client, default);

        Assert.Equal(StatusCodes.Status204NoContent, StatusOf(answer));
        var ended = await _host.RecordAsync(run.Id);
        Assert.Equal((RunPhase.Halted, RunReason.CanceledByOwner), (ended.Phase, ended.Reason));
    }

    [Fact]
    public async Task A_cancel_ends_a_run_that_was_accepted_and_never_started()
    {
        var run = await _host.AcceptedAsync();

        await _host
            .Make<CancelRun>()
            .RunAsync(RunsHost.Request(UserOf(run), Cancel), run.Id.ToString(), _host.Client, default);

        Assert.Equal(RunPhase.Halted, (await _host.RecordAsync(run.Id)).Phase);
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("gone")]
    public async Task A_run_that_nothing_moves_can_be_deleted(string fate)
    {
        var run = await _host.QueuedAsync();
        await _host.LeaseAsync();
        await _host.BreakAsync(run.Id, fate);

        var answer = await DeleteAsync(run);

        Assert.Equal(StatusCodes.Status204NoContent, StatusOf(answer));
        Assert.Null(await _host.Get<IRunStore>().GetAsync(run.Id, default));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_not_deleted()
    {
        var run = await _host.QueuedAsync();

        Assert.Equal(StatusCodes.Status409Conflict, StatusOf(await DeleteAsync(run)));

        Assert.Equal(RunPhase.Queued, (await _host.RecordAsync(run.Id)).Phase);
    }

    [Theory]
    [InlineData("terminated", "orchestration_lost: what moved the run was terminated; submit it again")]
    [InlineData("failed", "orchestration_lost: what moved the run failed; submit it again")]
    [InlineData("gone", "orchestration_lost: what moved the run is gone; submit it again")]
    [InlineData("completed", "orchestration_lost: what moved the run ended without ending the run; submit it again")]
    public async Task The_timer_ends_what_nothing_moves_and_frees_what_it_held(string fate, string reason)
    {
        var run = await _host.QueuedAsync();
        var lease = await _host.LeaseAsync();
        await _host.BreakAsync(run.Id, fate);
        _host.Time.Advance(TimeSpan.FromMinutes(2));

        await FindOrphansAsync();

        var ended = await _host.RecordAsync(run.Id);
        Assert.Equal((RunPhase.Failed, Fault.System), (ended.Phase, ended.Reason!.Fault));
        Assert.Equal(reason, $"{ended.Reason}");
        Assert.Null(await _host.Get<ISecretStore>().GetAsync(run.Submission, default));
        await Assert.ThrowsAsync<LeaseLostException>(() => _host.Queue.RenewAsync(lease, extend: null, default));
        Assert.Empty(await _host.Queue.TakeExpiredAsync(default));
    }

    [Fact]
    public async Task The_timer_takes_an_orphan_out_of_the_queue()
    {
        var run = await _host.QueuedAsync();
        await _host.BreakAsync(run.Id, "terminated");
        _host.Time.Advance(TimeSpan.FromMinutes(2));

        await FindOrphansAsync();

        Assert.Empty((await _host.Get<IPoolLoad>().ReadAsync(_host.Pool.Name, default)).Waiting);
    }

    [Fact]
    public async Task The_timer_leaves_alone_what_goes_on_and_what_is_about_to_start()
    {
        var goesOn = await _host.QueuedAsync();
        var starting = await _host.AcceptedAsync();
        _host.Time.Advance(TimeSpan.FromMinutes(2));

        await FindOrphansAsync();

        Assert.Equal(RunPhase.Queued, (await _host.RecordAsync(goesOn.Id)).Phase);
        Assert.Equal(RunPhase.Queued, (await _host.RecordAsync(starting.Id)).Phase);
    }

    [Fact]
    public async Task An_event_that_cannot_be_sent_is_no_answer_of_an_ended_run()
    {
        var run = await _host.QueuedAsync();
        _host.Client.IsAway = true;

        await Assert.ThrowsAsync<IOException>(() =>
            new RunEvents().SendAsync(_host.Client, run.Id, new Orchestrations.CancelRequested(), default)
        );
    }

    private static UserCaller UserOf(TrainingRun run) =>
        new(run.Owner, IsOperator: false, KeyHash: "0123456789abcdef", HasToken: false);

    private static int? StatusOf(IResult answer) => ((IStatusCodeHttpResult)answer).StatusCode;

    private async Task<LeaseCaller> AgentAsync(LeaseKey lease) =>
        new(lease, await _host.Queue.RenewAsync(lease, extend: null, default));

    private Task<IResult> DeleteAsync(TrainingRun run) =>
        _host.Make<DeleteRun>().RunAsync(RunsHost.Request(UserOf(run)), run.Id.ToString(), _host.Client, default);

    private Task ExpireAsync() => _host.Make<ExpireLeases>().RunAsync(new TimerInfo(), _host.Client, default);

    private Task FindOrphansAsync() => _host.Make<EndOrphanedRuns>().RunAsync(new TimerInfo(), _host.Client, default);
}
