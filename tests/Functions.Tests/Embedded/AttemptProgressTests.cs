using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Middleware;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Model;

namespace Trainyard.Functions.Tests;

/// <summary>Progress and metrics that nodes report of a run, and the metric sources that they get.</summary>
public sealed class AttemptProgressTests : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Progress_is_shown_with_the_run_until_its_next_attempt_begins()
    {
        var run = await _host.QueuedAsync();
        var lease = await _host.LeaseAsync();

        await ReportAsync(
            lease,
            new ProgressReport
            {
                At = default,
                Step = 3,
                Steps = 12,
                Percent = 25,
                SecondsLeft = 90,
            }
        );

        var shown = (await ShownAsync(run.Id)).Progress!;
        Assert.Equal((3L, 12L, 25.0, 90.0), (shown.Step, shown.Steps, shown.Percent, shown.SecondsLeft));
        Assert.Equal(_host.Time.GetUtcNow(), shown.UpdatedAt);
        await _host.Get<RunProgress>().BeginAttemptAsync(run.Id, 2, reason: null, default);
        await ReportAsync(lease, new ProgressReport { At = default, Step = 4 });
        Assert.Null((await ShownAsync(run.Id)).Progress);
    }

    [Theory]
    [InlineData("""{"at":"2026-11-27T00:00:00Z","percent":101}""")]
    [InlineData("""{"at":"2026-11-27T00:00:00Z","percent":-1}""")]
    [InlineData("""{"at":"2026-11-27T00:00:00Z","step":-1}""")]
    [InlineData("""{"at":"2026-11-27T00:00:00Z","step":1,"steps":0}""")]
    [InlineData("""{"at":"2026-11-27T00:00:00Z","seconds_left":-1}""")]
    public async Task Progress_that_cannot_be_is_refused(string body)
    {
        var run = await _host.QueuedAsync();

        var answer = await ReportAsync(await _host.LeaseAsync(), body);

        Assert.Equal(StatusCodes.Status400BadRequest, ((IStatusCodeHttpResult)answer).StatusCode);
        Assert.Null((await ShownAsync(run.Id)).Progress);
    }

    [Fact]
    public void A_node_gets_the_expressions_of_the_manifest_in_order()
    {
        var metrics = new EvaluationMetrics
        {
            Type = EvaluationMetrics.RegexExtractor,
            In = "$LOG_DIR/x",
            LineLookahead = 7,
            Groups = new SortedDictionary<string, MetricGroup>
            {
                ["train"] = new()
                {
                    Regex = "t",
                    Meta = new SortedDictionary<string, string> { ["time"] = "$when", ["subid"] = "s" },
                    ETimes = new SortedDictionary<string, MetricField> { ["step"] = new("INT", "$step") },
                    Scalars = new SortedDictionary<string, MetricField> { ["loss"] = new("FLOAT", "$loss") },
                },
                ["test"] = new() { Regex = "u" },
                ["nothing"] = new(),
            },
        };

        var told = NodeMetricSources.Of(metrics)!;

        Assert.Equal(("regex_extractor", "$LOG_DIR/x", 7), (told.Type, told.In, told.LineLookahead));
        Assert.Equal(["test", "train"], told.Groups.Select(group => group.Name));
        var train = told.Groups[1];
        Assert.Equal(("t", "$when", "s"), (train.Regex, train.Time, train.SubId));
        Assert.Equal(new NodeMetricField("INT", "$step"), train.ETimes["step"]);
        Assert.Equal(new NodeMetricField("FLOAT", "$loss"), train.Scalars["loss"]);
        Assert.Null(NodeMetricSources.Of(null));
    }

    [Theory]
    [InlineData("?group=system", true)]
    [InlineData("", true)]
    [InlineData("?group=train", false)]
    public void Only_the_node_s_own_measurements_are_a_group_apart(string query, bool isTaken)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);

        Assert.Equal(isTaken, OutputQuery.Read(request, _host.Time.GetUtcNow()).Problem is null);
    }

    [Fact]
    public async Task A_time_far_ahead_does_not_push_the_records_behind_it_there()
    {
        var run = await _host.QueuedAsync();
        var now = _host.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var lines = new[]
        {
            $"{now + 5}",
            "4102444800000",
            $"\"{_host.Time.GetUtcNow().AddSeconds(9):O}\"",
            "\"soon\"",
        }.Select(time => $$$"""{"meta":{"time":{{{time}}}},"values":{"loss":NaN}}""" + "\n");
        await _host
            .Get<IBlobStore>()
            .AppendAsync(RunBlobs.Metrics(run.Id), 0, Encoding.UTF8.GetBytes(string.Concat(lines)), default);

        var times = new List<long>();
        await foreach (var record in _host.Get<RunRecords>().MetricsAsync(run, RecordRange.All, default))
        {
            times.Add(record.TimeMs - now);
        }

        Assert.Equal([5, 6, 9000, 9001], times);
    }

    private Task<IResult> ReportAsync(LeaseKey lease, ProgressReport report) =>
        ReportAsync(lease, JsonSerializer.Serialize(report, WireJson.Options));

    private async Task<IResult> ReportAsync(LeaseKey lease, string body)
    {
        var caller = new LeaseCaller(lease, await _host.Queue.RenewAsync(lease, extend: null, default));
        return await _host.Make<AttemptProgress>().ProgressAsync(RunsHost.Request(caller, body), default);
    }

    private async Task<RunStatusResource> ShownAsync(RunId id) =>
        (await _host.RecordAsync(id)).ToResource(null, _host.Time.GetUtcNow()).Entity.Status;
}
