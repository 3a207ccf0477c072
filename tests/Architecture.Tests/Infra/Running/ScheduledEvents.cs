using System.Diagnostics;

namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>The watcher of scheduled events, run against a stand-in for Azure and one for systemd.</summary>
public sealed class ScheduledEvents : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Script script = new();
    private FakeAzure azure = null!;
    private Process? watcher;

    public async Task InitializeAsync()
    {
        azure = await FakeAzure.StartAsync();
        script.Environment["TRAINYARD_IMDS"] = azure.Address;
        script.Environment["TRAINYARD_SERVICE"] = azure.Address;
        script.Environment["TRAINYARD_STATE"] = script.In("");
        script.Environment["TRAINYARD_EVENTS_PAUSE"] = "0.05";
        script.Environment["Pool__Name"] = "gpus";
        script.Write("pool.key", "the-pool-key\n");
        Directory.CreateDirectory(script.In("work"));
        script.Write("work/node-id", "node-7");
        script.Write("state", "active\n");
        // A busy agent drains for ever; what ends it is a kill, or an "idle" file.
        script.StandIn(
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
        if (watcher is { HasExited: false })
        {
            watcher.Kill(entireProcessTree: true);
            await watcher.WaitForExitAsync();
        }

        watcher?.Dispose();
        await azure.DisposeAsync();
    }

    public void Dispose() => script.Dispose();

    [Theory]
    [InlineData("Preempt")]
    [InlineData("Terminate")]
    [InlineData("Redeploy")]
    public async Task A_busy_node_is_reported_lost_before_it_is_taken(string type)
    {
        azure.EventsAfterwards = FakeAzure.Event(type, seconds: 12.5);

        Watch();

        Assert.Equal("event-1", await azure.Approved.WaitAsync(Patience));
        Assert.Contains("kill --signal=SIGKILL trainyard-agent.service", script.Read("asked"));
        var (authorization, body) = Assert.Single(azure.Leases);
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
        script.Write("idle", "");
        azure.EventsAfterwards = FakeAzure.Event("Terminate", seconds: 900);

        Watch();

        Assert.Equal("event-1", await azure.Approved.WaitAsync(Patience));
        Assert.DoesNotContain("kill", script.Read("asked"));
    }

    [Fact]
    public async Task An_event_that_is_called_off_lets_the_agent_go_on()
    {
        azure.EventsInTurn.Enqueue(FakeAzure.Event("Reboot", seconds: 900));
        azure.EventsInTurn.Enqueue(FakeAzure.Event("Reboot", seconds: 900));

        Watch();

        await AskedAsync("start --no-block trainyard-agent.service");
        Assert.Empty(azure.Leases);
        Assert.False(azure.Approved.IsCompleted);
    }

    [Fact]
    public async Task Other_machines_events_and_short_freezes_change_nothing()
    {
        azure.EventsInTurn.Enqueue(FakeAzure.Event("Preempt", machine: "pool_30"));
        azure.EventsInTurn.Enqueue(FakeAzure.Event("Freeze"));
        script.Write("idle", "");
        // That this one is seen tells that those before it have been.
        azure.EventsAfterwards = FakeAzure.Event("Terminate");

        Watch();

        await azure.Approved.WaitAsync(Patience);
        Assert.Empty(azure.EventsInTurn);
        Assert.Single(script.Read("asked").Split('\n'), line => line.StartsWith("stop"));
    }

    private void Watch() =>
        watcher = script.Start("python3", Path.Combine(Repository.Root(), "infra", "agent", "watch-events"));

    private async Task AskedAsync(string question)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!script.Read("asked").Contains(question))
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}
