using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http;
using Trainyard.Functions.Monitoring;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Tests;

/// <summary>The service's metrics, and the alert rules and dashboard that use them.</summary>
public sealed partial class ServiceMetricsTests : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_queue_the_nodes_and_the_runs_are_counted()
    {
        var run = await _host.QueuedAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("trainyard_queue_runs{pool=\"default\",reason=\"no_node\"} 1.0", await ReadAsync());
        Assert.Contains("trainyard_queue_head_age_seconds{pool=\"default\"} 30.0", await ReadAsync());

        await _host.LeaseAsync();
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Downloading, reason: null, default);
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        var leased = await ReadAsync();

        Assert.Contains("trainyard_nodes{pool=\"default\",state=\"ready\"} 1.0", leased);
        Assert.Contains("trainyard_node_leased_slots{pool=\"default\",node=\"node-1\"} 1.0", leased);
        Assert.Contains("trainyard_node_slots{pool=\"default\",node=\"node-1\"} 4.0", leased);
        Assert.Contains("trainyard_runs{phase=\"DOWNLOADING\"} 1.0", leased);
        Assert.Contains("trainyard_run_oldest_seconds{phase=\"DOWNLOADING\"} 10.0", leased);
        Assert.Contains("trainyard_queue_head_age_seconds{pool=\"default\"} 0.0", leased);
        // No run waits any more, so the old series is gone.
        Assert.DoesNotContain("trainyard_queue_runs{", leased);
        Assert.EndsWith("# EOF\n", leased);
    }

    [Fact]
    public async Task Pools_are_told_apart_those_that_are_listed_and_those_that_nodes_are_in()
    {
        _host.Pool.Names = "lab";
        await _host.QueuedAsync();
        await _host.QueuedAsync();
        var entry = new DispatchEntry
        {
            RunId = (await _host.AcceptedAsync()).Id,
            Attempt = 1,
            Owner = Owner.Parse("jean"),
            Pool = "lab",
            Needs = new RunNeeds { Gpus = 3 },
        };
        await _host.Queue.EnqueueAsync(entry, default);
        var offer = new NodeOffer
        {
            Node = "attic-1",
            Pool = "attic",
            Gpus = 2,
            Slots = 2,
            FreeSlots = 2,
            Holds = [],
        };
        Assert.Null(await _host.Queue.LeaseAsync(offer, TimeSpan.Zero, default));

        var text = await ReadAsync();

        Assert.Contains("trainyard_queue_runs{pool=\"default\",reason=\"no_node\"} 2.0", text);
        Assert.Contains("trainyard_queue_runs{pool=\"lab\",reason=\"no_node\"} 1.0", text);
        Assert.Contains("trainyard_queue_gpus{pool=\"lab\"} 3.0", text);
        Assert.Contains("trainyard_queue_gpus{pool=\"attic\"} 0.0", text);
        Assert.Contains("trainyard_nodes{pool=\"attic\",state=\"ready\"} 1.0", text);
        Assert.Contains("trainyard_nodes{pool=\"lab\",state=\"ready\"} 0.0", text);
        Assert.Contains("trainyard_node_free_slots{pool=\"attic\",node=\"attic-1\"} 2.0", text);
    }

    [Fact]
    public async Task Runs_that_gave_way_are_counted_and_say_how_often()
    {
        var metrics = _host.Get<ServiceMetrics>();
        var run = await _host.QueuedAsync();
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Downloading, reason: null, default);
        var reason = RunReason.Capacity(RunReason.PreemptedCode, "gave way to another");

        await _host.Get<RunProgress>().BeginAttemptAsync(run.Id, 2, _ => reason, default);
        await _host.Get<RunProgress>().BeginAttemptAsync(run.Id, 2, _ => reason, default);

        Assert.Matches(
            "trainyard_runs_preempted_total [1-9]",
            Encoding.UTF8.GetString(await metrics.ReadAsync(default))
        );
        Assert.Equal(1, (await _host.RecordAsync(run.Id)).Preemptions);
    }

    [Fact]
    public async Task Phases_and_ends_are_counted_from_the_start_of_the_service()
    {
        var metrics = _host.Get<ServiceMetrics>();
        var run = await _host.QueuedAsync();
        // Other tests in this process count too, so this reason is used by this test only.
        var reason = RunReason.System("only_in_this_test", "");
        _host.Time.Advance(TimeSpan.FromSeconds(200));
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Failed, reason, default);
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Failed, reason, default);

        var text = Encoding.UTF8.GetString(await metrics.ReadAsync(default));

        Assert.Contains(
            "trainyard_runs_ended_total{state=\"error\",reason=\"only_in_this_test\",fault=\"system\"} 1.0",
            text
        );
        Assert.Matches("trainyard_run_phase_seconds_count\\{phase=\"QUEUED\"\\} [1-9]", text);
    }

    [Fact]
    public async Task What_the_stores_are_asked_is_counted_by_type()
    {
        var metrics = _host.Get<ServiceMetrics>();
        var before = Encoding.UTF8.GetString(await metrics.ReadAsync(default));
        var reference = new DataStoreReference
        {
            Name = "results",
            Type = DataStoreType.File,
            Bucket = "counted",
        };
        await using (
            var store = _host.Get<IObjectStoreFactory>().Open(reference, StoreCredentials.None, Owner.Parse("jean"))
        )
        {
            var upload = await store.BeginUploadAsync("counted", "a.bin", 1000, default);
            var receipt = await store.WritePartAsync(upload, 0, new MemoryStream(new byte[1000]), 1000, default);
            await store.CompleteUploadAsync(upload, [receipt], default);
            await using (var content = await store.OpenReadAsync("counted", "a.bin", 0, null, default))
            {
                await content.CopyToAsync(Stream.Null);
            }
            await Assert.ThrowsAsync<ObjectStoreException>(() =>
                store.OpenReadAsync("counted", "missing", 0, null, default)
            );
        }
        _host.Time.Advance(TimeSpan.FromSeconds(3));

        var after = await ReadAsync();

        // Other tests in this process use file stores too, so these are lower bounds.
        Assert.True(Grew("trainyard_store_requests_total{type=\"file\",operation=\"write\",failure=\"\"}") >= 1);
        Assert.True(Grew("trainyard_store_requests_total{type=\"file\",operation=\"read\",failure=\"\"}") >= 1);
        Assert.True(
            Grew("trainyard_store_requests_total{type=\"file\",operation=\"read\",failure=\"object_not_found\"}") >= 1
        );
        Assert.True(Grew("trainyard_store_bytes_total{type=\"file\",direction=\"written\"}") >= 1000);
        Assert.True(Grew("trainyard_store_bytes_total{type=\"file\",direction=\"read\"}") >= 1000);

        double Grew(string name) => ValueOf(after, name) - ValueOf(before, name);
    }

    [Fact]
    public async Task The_engine_says_what_waits_for_it()
    {
        var text = await ReadAsync();

        foreach (var name in new[] { "pending_orchestrations", "pending_activities", "running_activities" })
        {
            Assert.True(ValueOf(text, $"trainyard_engine_{name}") >= 0);
            Assert.Contains($"# TYPE trainyard_engine_{name} gauge", text);
        }
        Assert.Contains("# TYPE trainyard_engine_oldest_work_item_seconds gauge", text);
    }

    private static double ValueOf(string text, string name) =>
        text.Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture))
            .FirstOrDefault();

    [Fact]
    public async Task They_are_for_operators_only()
    {
        var function = new ExportMetrics(_host.Get<ServiceMetrics>());

        Assert.Equal(StatusCodes.Status200OK, await StatusAsync(isOperator: true));
        Assert.Equal(StatusCodes.Status403Forbidden, await StatusAsync(isOperator: false));

        async Task<int> StatusAsync(bool isOperator)
        {
            var http = new DefaultHttpContext { RequestServices = _host.Services };
            new UserCaller(Owner.Parse("jean"), isOperator, "id", HasToken: false).AttachTo(http);
            await (await function.RunAsync(http.Request, default)).ExecuteAsync(http);
            return http.Response.StatusCode;
        }
    }

    [Theory]
    [InlineData("alerts.yaml")]
    [InlineData("grafana.json")]
    public async Task The_rules_and_the_board_ask_for_numbers_that_there_are(string file)
    {
        var run = await _host.QueuedAsync();
        var metrics = _host.Get<ServiceMetrics>();
        await _host.Get<RunProgress>().MoveAsync(run.Id, RunPhase.Failed, RunReason.CommandFailed(1), default);
        var told = Encoding.UTF8.GetString(await metrics.ReadAsync(default));
        var text = await File.ReadAllTextAsync(Path.Combine(Monitoring(), file));

        var asked = Names().Matches(text).Select(match => match.Value).ToHashSet();

        Assert.True(asked.Count >= 8, $"Only {asked.Count} names found.");
        Assert.Equal(
            [],
            asked.Where(name => !Regex.IsMatch(told, $"^# TYPE {FamilyOf(name)} ", RegexOptions.Multiline))
        );
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            using var board = JsonDocument.Parse(text);
            Assert.Equal(15, board.RootElement.GetProperty("panels").GetArrayLength());
        }
    }

    private static string FamilyOf(string name) => Suffix().Replace(name, "");

    private static string Monitoring()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }
        return Path.Combine(folder.FullName, "infra", "monitoring");
    }

    private async Task<string> ReadAsync()
    {
        return Encoding.UTF8.GetString(await _host.Get<ServiceMetrics>().ReadAsync(default));
    }

    [GeneratedRegex(@"\b(trainyard_[a-z_]*[a-z]|system_runtime_[a-z_]*[a-z])\b(?=[\s{\[)\\""]|$)")]
    private static partial Regex Names();

    [GeneratedRegex("_(bucket|total|count)$")]
    private static partial Regex Suffix();
}
