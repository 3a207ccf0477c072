using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

/// <summary>How the learners of a run come together before their commands start.</summary>
public sealed class AttemptRendezvousTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunsHost _host = null!;
    private RunId _run;
    private LeaseKey[] _leases = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _run = (await _host.QueuedAsync(nodes: 3)).Id;
        _leases = await _host.LeaseAllAsync(3);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task All_learners_hear_where_all_are_once_the_last_is_ready()
    {
        var first = JoinAsync(_leases[0], "10.0.0.1", 29501);
        var third = JoinAsync(_leases[2], "fd00::3", 29503);
        await Eventually(() => first.IsCompleted || third.IsCompleted, meanwhile: 3);
        Assert.False(first.IsCompleted || third.IsCompleted);

        var second = JoinAsync(_leases[1], "10.0.0.2", 29502);

        var answers = new List<IReadOnlyList<LearnerPlace>>();
        foreach (var answer in new[] { first, second, third })
        {
            await Eventually(() => answer.IsCompleted);
            answers.Add(Places(await answer));
        }
        Assert.Equal([1, 2, 3], answers[0].Select(place => place.Learner));
        Assert.Equal(["10.0.0.1", "10.0.0.2", "fd00::3"], answers[0].Select(place => place.Address));
        Assert.Equal([29501, 29502, 29503], answers[0].Select(place => place.Port));
        Assert.Equal(["node-1", "node-2", "node-3"], answers[0].Select(place => place.Node).Order());
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    public async Task A_learner_that_waits_in_vain_asks_again_and_its_place_is_kept()
    {
        Assert.Equal(204, StatusOf(await JoinAsync(_leases[0], "10.0.0.1", 1001, wait: 0)));
        Assert.Equal(204, StatusOf(await JoinAsync(_leases[0], "10.0.0.9", 1009, wait: 0)));
        Assert.Equal(204, StatusOf(await JoinAsync(_leases[1], "10.0.0.2", 1002, wait: 0)));

        var places = Places(await JoinAsync(_leases[2], "10.0.0.3", 1003, wait: 0));

        Assert.Equal(["10.0.0.9", "10.0.0.2", "10.0.0.3"], places.Select(place => place.Address));
        Assert.Equal(places, Places(await JoinAsync(_leases[0], "10.0.0.9", 1009, wait: 0)));
    }

    [Fact]
    public async Task A_learner_that_waits_hears_at_once_that_another_one_was_lost()
    {
        var waiting = JoinAsync(_leases[0], "10.0.0.1", 1001);
        await _host.Queue.FinishAsync(_run, 1, default);

        await Eventually(() => waiting.IsCompleted);

        await Assert.ThrowsAsync<LeaseLostException>(() => waiting);
    }

    [Fact]
    public async Task The_places_of_an_earlier_attempt_do_not_count()
    {
        foreach (var (lease, i) in _leases.Select((lease, i) => (lease, i)))
        {
            await JoinAsync(lease, $"10.0.0.{i}", 1001, wait: 0);
        }
        await _host.Queue.FinishAsync(_run, 1, default);
        await _host.Get<RunProgress>().BeginAttemptAsync(_run, 2, reason: null, default);
        await _host.Queue.EnqueueAsync(
            new DispatchEntry
            {
                RunId = _run,
                Attempt = 2,
                Owner = Owner.Parse("jean"),
                Pool = _host.Pool.Name,
                Needs = new(),
                Nodes = 3,
            },
            default
        );
        var again = await _host.LeaseAllAsync(3);

        Assert.Equal(204, StatusOf(await JoinAsync(again[0], "10.0.0.1", 1001, wait: 0)));
    }

    [Theory]
    [InlineData("""{"address":"learner-1.example","port":1}""")]
    [InlineData("""{"address":"","port":1}""")]
    [InlineData("""{"address":"10.0.0.1","port":0}""")]
    [InlineData("""{"address":"10.0.0.1","port":65536}""")]
    [InlineData("""{"address":"10.0.0.1","port":1,"wait_seconds":31}""")]
    [InlineData("""{"address":"10.0.0.1","port":1,"wait_seconds":-1}""")]
    public async Task A_place_that_cannot_be_is_refused(string body)
    {
        Assert.Equal(400, StatusOf(await JoinAsync(_leases[0], body)));
        Assert.Null((await _host.RecordAsync(_run)).Meeting);
    }

    private Task<IResult> JoinAsync(LeaseKey lease, string address, int port, double wait = 30) =>
        JoinAsync(
            lease,
            JsonSerializer.Serialize(
                new RendezvousRequest
                {
                    Address = address,
                    Port = port,
                    WaitSeconds = wait,
                },
                WireJson.Options
            )
        );

    private async Task<IResult> JoinAsync(LeaseKey lease, string body)
    {
        var caller = new LeaseCaller(lease, await _host.Queue.RenewAsync(lease, extend: null, default));
        var lifetime = new StartedLifetime();
        return await new AttemptRendezvous(_host.Queue, _host.Get<IRunStore>(), lifetime, _host.Time).JoinAsync(
            RunsHost.Request(caller, body),
            default
        );
    }

    // Lets the clock run in small steps until something is so, or for a number of steps.
    private async Task Eventually(Func<bool> isSo, int meanwhile = int.MaxValue)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < meanwhile && !isSo(); i++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "It took too long.");
            await Task.WhenAny(_host.Time.WaitForTimerAsync(), Task.Delay(TimeSpan.FromMilliseconds(50)));
            _host.Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }

    private static int? StatusOf(IResult answer) => ((IStatusCodeHttpResult)answer).StatusCode;

    private static IReadOnlyList<LearnerPlace> Places(IResult answer) =>
        ((RendezvousAnswer)((IValueHttpResult)answer).Value!).Learners;

    private sealed class StartedLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() { }
    }
}
