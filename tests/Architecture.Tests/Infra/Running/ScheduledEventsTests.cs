using System.Diagnostics;

namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>The watcher of scheduled events, run against a stand-in for Azure and one for systemd.</summary>
public sealed class ScheduledEventsTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Script _script = new();
    private FakeAzure _azure = null!;
    private Process? _watcher;

    public async Task InitializeAsync()
    {
        _azure = await FakeAzure.StartAsync();
        _script.Environment["TRAINYARD_IMDS"] = _azure.Address;
        _script.Environment["TRAINYARD_SERVICE"] = _azure.Address;
        _script.Environment["TRAINYARD_STATE"] = _script.In("");
        _script.Environment["TRAINYARD_EVENTS_PAUSE"] = "0.05";
        _script.Environment["Pool__Name"] = "gpus";
        _script.Write("pool.key", "the-pool-key\n");
        Directory.CreateDirectory(_script.In("work"));
        _script.Write("work/node-id", "node-7");
        _script.Write("state", "active\n");
        // A busy agent drains for ever; what ends it is a kill, or an "idle" file.
        _script.StandIn(
            "systemctl",
            """
            cd "$(dirname "$0")/.." || exit 1
            echo "$*" >>asked
            case $1 in
                show) cat state ;;
                stop) if [ -e idle ]; then echo inactive >state; else echo deactivating >state; fi ;;
                start) echo active >state ;;
                kill) echo failed >state ;;
            esac
            """
        );
    }

    public async Task DisposeAsync()
    {
        if (_watcher is { HasExited: false })
        {
            _watcher.Kill(entireProcessTree: true);
            await _watcher.WaitForExitAsync();
        }

        _watcher?.Dispose();
        await _azure.DisposeAsync();
    }

    public void Dispose() => _script.Dispose();

    [Theory]
    [InlineData("Preempt")]
    [InlineData("Terminate")]
    [InlineData("Redeploy")]
    public async Task A_busy_node_is_reported_lost_before_it_is_taken(string type)
    {
        _azure.EventsAfterwards = FakeAzure.Event(type, seconds: 12.5);

        Watch();

        Assert.Equal("event-1", await _azure.Approved.WaitAsync(Patience));
        Assert.Contains("kill --signal=SIGKILL trainyard-agent.service", _script.Read("asked"));
        var (authorization, body) = Assert.Single(_azure.Leases);
        Assert.Equal("Bearer the-pool-key", authorization);
        Assert.Equal("node-7", (string?)body["offer"]!["node"]);
        Assert.Equal("gpus", (string?)body["offer"]!["pool"]);
        Assert.Equal(0, (int?)body["offer"]!["slots"]);
        Assert.Equal(0, (int?)body["offer"]!["free_slots"]);
        Assert.Empty(body["offer"]!["holds"]!.AsArray());
    }

    [Fact]
    public async Task An_idle_agent_ends_by_itself_and_the_event_is_approved_at_once()
    {
        _script.Write("idle", "");
        _azure.EventsAfterwards = FakeAzure.Event("Terminate", seconds: 900);

        Watch();

        Assert.Equal("event-1", await _azure.Approved.WaitAsync(Patience));
        Assert.DoesNotContain("kill", _script.Read("asked"));
    }

    [Fact]
    public async Task An_event_that_is_called_off_lets_the_agent_go_on()
    {
        _azure.EventsInTurn.Enqueue(FakeAzure.Event("Reboot", seconds: 900));
        _azure.EventsInTurn.Enqueue(FakeAzure.Event("Reboot", seconds: 900));

        Watch();

        await AskedAsync("start --no-block trainyard-agent.service");
        Assert.Empty(_azure.Leases);
        Assert.False(_azure.Approved.IsCompleted);
    }

    [Fact]
    public async Task Other_machines_events_and_short_freezes_change_nothing()
    {
        _azure.EventsInTurn.Enqueue(FakeAzure.Event("Preempt", machine: "pool_30"));
        _azure.EventsInTurn.Enqueue(FakeAzure.Event("Freeze"));
        _script.Write("idle", "");
        // That this one is seen tells that those before it have been.
        _azure.EventsAfterwards = FakeAzure.Event("Terminate");

        Watch();

        await _azure.Approved.WaitAsync(Patience);
        Assert.Empty(_azure.EventsInTurn);
        Assert.Single(_script.Read("asked").Split('\n'), line => line.StartsWith("stop"));
    }

    private void Watch() =>
        _watcher = _script.Start("python3", Path.Combine(Repository.Root(), "infra", "agent", "watch-events"));

    private async Task AskedAsync(string question)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!_script.Read("asked").Contains(question))
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}
