using System.Globalization;
using System.IO.Compression;
using System.Text;
using Trainyard.Clients.World;
using Trainyard.Tests.Shared;

namespace Trainyard.Clients.Ffdl;

/// <summary>The commands of FfDL's command line that talk to a service, each as it does.</summary>
[Collection(Shared.Name)]
public sealed class FfdlFlowTests(TrainingService world) : IDisposable
{
    private const string Rest = "version=2017-02-13";
    private const string Records = "version=2017-10-01&searchType=TERM&pos=0";

    private readonly FfdlCli _cli = new(world.Host.Address, "anyone", world.Key);

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Train(bool manifestFirst)
    {
        var id = await _cli.TrainAsync(TrainingService.Manifest("true"), world.Zip, manifestFirst);

        Assert.Matches("^training-[A-Za-z0-9_-]{9}$", id);
        Assert.Equal("COMPLETED", (await world.Host.WaitForEnd(id)).Entity.Status.Phase);
    }

    [Fact]
    public async Task Train_tells_the_reason_of_a_refusal()
    {
        var manifest = TrainingService.Manifest("true").Replace("type: file", "type: nfs");

        var error = await _cli.ReadAsync<ErrorShape>(_cli.UploadAsync(manifest, world.Zip, true), 400);

        Assert.Equal(400, error.Code);
        Assert.Equal("invalid_submission", error.Error);
        Assert.StartsWith("manifest, line 10: ", error.Description);
        Assert.Contains("nfs", error.Description);
    }

    [Fact]
    public async Task List()
    {
        var older = await world.EndedAsync();
        var newer = await world.SubmitToEndAsync("true");

        var list = await _cli.GetAsync<ModelList>($"v1/models?{Rest}");

        var ids = list.Models.Select(model => model.ModelId).ToList();
        Assert.True(ids.IndexOf(newer) >= 0 && ids.IndexOf(newer) < ids.IndexOf(older), string.Join(' ', ids));
        var shown = list.Models.Single(model => model.ModelId == newer);
        Assert.Equal("COMPLETED", shown.Training.TrainingStatus.Status);
        Assert.True(IsGoTime(shown.Training.TrainingStatus.Submitted), shown.Training.TrainingStatus.Submitted);
        Assert.True(IsGoTime(shown.Training.TrainingStatus.Completed), shown.Training.TrainingStatus.Completed);
    }

    [Fact]
    public async Task Show()
    {
        var model = await _cli.GetAsync<ModelShape>($"v1/models/{await world.EndedAsync()}?{Rest}");

        Assert.Equal(("mnist", "A model of 2018"), (model.Name, model.Description));
        Assert.Equal(new FrameworkShape("python", "3"), model.Framework);
        Assert.Equal((0.5, 0, 512, "MiB", 1), ResourcesOf(model.Training));
        Assert.Equal(["store-1-input"], model.Training.InputData);
        Assert.Equal(["store-1-input", "store-1-output"], model.DataStores.Select(store => store.DataStoreId));
        Assert.Equal(["data", "results"], model.DataStores.Select(store => store.Connection["bucket"]));
        Assert.Equal([("train", 20), ("test", 20)], model.Metrics.Select(metric => (metric.Type, metric.Iteration)));
        Assert.Equal(0.875, model.Metrics[1].Values["accuracy"].GetDouble());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Logs(bool follow)
    {
        var id = await world.EndedAsync();

        await _cli.GetAsync<ModelShape>($"v1/models/{id}?{Rest}");
        // This call has no Authorization: the key has to be the user name then.
        using var cli = new FfdlCli(world.Host.Address, world.Key, "x");
        var flag = follow ? "true" : "false";
        var log = await cli.GetBytesAsync($"v1/models/{id}/logs?follow={flag}&{Rest}", withBasic: false);

        var lines = Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(TrainingService.LogLines, lines.Count(line => line.StartsWith("line ")));
    }

    [Fact]
    public async Task Logs_are_not_for_strangers()
    {
        var id = await world.EndedAsync();
        using var cli = new FfdlCli(world.Host.Address, "anyone", "x");

        var error = await cli.ReadAsync<ErrorShape>(
            cli.SendAsync(HttpMethod.Get, $"v1/models/{id}/logs?follow=false&{Rest}", withBasic: false),
            401
        );

        Assert.Equal(401, error.Code);
    }

    [Fact]
    public async Task Logs_follow()
    {
        var (id, held) = await world.HeldAsync();
        using var frames = await _cli.DialAsync($"v1/models/{id}/logs?version=2017-03-17");
        var seen = string.Concat(await frames.UntilAsync(frame => frame.Contains("before")));

        await held.LetGo();
        seen += string.Concat(await frames.RestAsync());

        Assert.Contains("before\nafter\nline 1\n", seen.Replace("\r", ""));
        Assert.Contains("line 25\n", seen);
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, frames.CloseStatus);
        held.Dispose();
    }

    [Fact]
    public async Task Logs_metrics()
    {
        var id = await world.EndedAsync();
        using var cli = new FfdlCli(world.Host.Address, world.Key, "x");

        var text = await cli.GetBytesAsync($"v1/models/{id}/metrics?follow=false&{Rest}", withBasic: false);

        var lines = Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([10, 20, 20], lines.Select(line => FfdlCli.Read<MetricShape>(line).Iteration));
    }

    [Fact]
    public async Task Logs_metrics_follow()
    {
        using var frames = await _cli.DialAsync($"v1/models/{await world.EndedAsync()}/metrics?version=2017-03-17");

        var read = (await frames.RestAsync()).ConvertAll(frame =>
        {
            Assert.True(Encoding.UTF8.GetByteCount(frame) <= 8192, "Longer than its buffer.");
            return FfdlCli.Read<MetricShape>(frame);
        });

        Assert.Equal([10, 20, 20], read.Where(metric => metric.Type != "Status").Select(metric => metric.Iteration));
        Assert.Equal("COMPLETED", read.Last(metric => metric.Type == "Status").Values["Message"].GetString());
    }

    [Fact]
    public async Task Loglines()
    {
        var id = await world.EndedAsync();
        var seen = new List<LogLineShape>();
        var since = "";
        // As it goes on: from after the last one's time, until a page is empty.
        while (await PageAsync<LogLineShape>(id, "loglines", $"pagesize=4&since_time={since}") is { Count: > 0 } page)
        {
            seen.AddRange(page);
            since = $"{page[^1].Meta.Time + 1}";
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(line => line.Meta.Rindex));
        Assert.True(seen.Zip(seen.Skip(1)).All(pair => pair.First.Meta.Time < pair.Second.Meta.Time), "Times repeat.");
        Assert.Contains(seen, line => line.Line == "line 25");
        Assert.All(seen, line => Assert.Equal(id, line.Meta.TrainingId));
    }

    [Theory]
    [InlineData("pos=3&pagesize=2", new long[] { 3, 4 })]
    [InlineData("pos=0", new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData("pos=1000&pagesize=2", new long[0])]
    [InlineData("since_time=now", new long[0])]
    [InlineData("since_time=1h&pagesize=2", new long[] { 1, 2 })]
    [InlineData("since_time=2%20days%20ago&pagesize=1", new long[] { 1 })]
    public async Task Loglines_by_place(string query, long[] expected)
    {
        var path = $"v1/logs/{await world.EndedAsync()}/loglines?version=2017-10-01&searchType=TERM&{query}";
        Assert.Equal(expected, (await _cli.GetAsync<Page<LogLineShape>>(path)).Models.Select(line => line.Meta.Rindex));
    }

    [Fact]
    public async Task Loglines_from_the_end()
    {
        var path = $"v1/logs/{await world.EndedAsync()}/loglines?version=2017-10-01&searchType=TERM&pagesize=2&pos=";

        var last = (await _cli.GetAsync<Page<LogLineShape>>(path + "-1")).Models;
        var lastTwo = (await _cli.GetAsync<Page<LogLineShape>>(path + "-2")).Models;

        Assert.Equal(Assert.Single(last).Meta.Rindex, lastTwo[1].Meta.Rindex);
        Assert.Equal(2, lastTwo.Count);
    }

    [Fact]
    public async Task Loglines_follow_over_a_restart_of_the_service()
    {
        var id = await world.SubmitAsync($"seq 1 500; python3 gate.py {world.Gate.Port} half; seq 501 1000");
        using var held = await world.Gate.Arrival();
        var seen = new List<LogLineShape>();
        await Eventually.Be("500 lines", () => ReadOnAsync(id, seen, "500"), TimeSpan.FromSeconds(60));

        await world.Host.Kill();
        await world.Host.Start();
        await held.LetGo();
        await Eventually.Be("1000 lines", () => ReadOnAsync(id, seen, "1000"), TimeSpan.FromSeconds(60));

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(line => line.Meta.Rindex));
        var numbers = seen.Select(line => line.Line).Where(line => line.All(char.IsAsciiDigit) && line.Length > 0);
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => $"{n}"), numbers);
        Assert.Equal("COMPLETED", (await world.Host.WaitForEnd(id)).Entity.Status.Phase);
    }

    [Theory]
    [InlineData("searchType=MATCH", "invalid_search_type")]
    [InlineData("since_time=soon", "invalid_since_time")]
    [InlineData("pos=x", "invalid_position")]
    public async Task Loglines_refuses_what_it_does_not_do(string query, string code)
    {
        var error = await _cli.GetAsync<ErrorShape>($"v1/logs/{await world.EndedAsync()}/loglines?{query}", 400);
        Assert.Equal(code, error.Error);
    }

    [Fact]
    public async Task Emetrics()
    {
        var found = await PageAsync<EMetricsShape>(await world.EndedAsync(), "emetrics", "pagesize=20");

        Assert.Equal(["train", "train", "test"], found.Select(record => record.Grouplabel));
        Assert.Equal([1L, 2, 3], found.Select(record => record.Meta.Rindex));
        Assert.Equal(3, found.Select(record => record.Meta.Time).Distinct().Count());
        Assert.Equal(new AnyShape("INT", "10"), found[0].Etimes["iteration"]);
        Assert.Equal(new AnyShape("FLOAT", "0.75"), found[0].Values["loss"]);
        Assert.Equal(new AnyShape("STRING", "a"), found[0].Values["note"]);
    }

    [Fact]
    public async Task Halt()
    {
        var (id, held) = await world.HeldAsync();

        await HaltAsync(id);

        Assert.Equal("HALTED", (await world.Host.WaitForEnd(id)).Entity.Status.Phase);
        // And again, of one that has ended.
        await HaltAsync(id);
        Assert.Equal("HALTED", (await _cli.GetAsync<ModelShape>($"v1/models/{id}")).Training.TrainingStatus.Status);
        held.Dispose();
    }

    [Theory]
    [InlineData("definition", "metrics.txt")]
    [InlineData("trained_model", "weights.txt")]
    public async Task Download(string what, string file)
    {
        var bytes = await _cli.GetBytesAsync($"v1/models/{await world.EndedAsync()}/{what}?{Rest}", withBasic: true);

        using var zip = new ZipArchive(new MemoryStream(bytes));
        Assert.Contains(zip.Entries, entry => entry.FullName == file && entry.Length > 0);
    }

    [Fact]
    public async Task Delete()
    {
        var id = await world.SubmitToEndAsync("true");
        await DeleteAsync(id);
        await AssertGoneAsync(id);
    }

    [Fact]
    public async Task Delete_of_a_run_that_has_not_ended()
    {
        var (id, held) = await world.HeldAsync();

        await DeleteAsync(id);

        await AssertGoneAsync(id);
        using var v3 = world.Host.Client();
        using var answer = await v3.GetAsync(new Uri($"v3/models/{id}", UriKind.Relative));
        Assert.Equal(404, (int)answer.StatusCode);
        // Its program was ended: the connection that it holds open closes.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await held.Client.GetStream().ReadAsync(new byte[1], limit.Token));
        held.Dispose();
    }

    [Theory]
    [InlineData("GET", "v1/models/training-aaaaaaaaa")]
    [InlineData("DELETE", "v1/models/training-aaaaaaaaa")]
    [InlineData("GET", "v1/models/training-aaaaaaaaa/definition")]
    [InlineData("GET", "v1/models/training-aaaaaaaaa/trained_model")]
    [InlineData("GET", "v1/models/training-aaaaaaaaa/logs")]
    [InlineData("GET", "v1/logs/training-aaaaaaaaa/loglines")]
    [InlineData("GET", "v1/models/training-aaaaaaaaa/events/all")]
    public async Task What_is_not_there_is_an_error_that_it_can_read(string method, string path)
    {
        var error = await _cli.ReadAsync<ErrorShape>(_cli.SendAsync(new HttpMethod(method), $"{path}?{Rest}"), 404);
        Assert.Equal(404, error.Code);
        Assert.NotEmpty(error.Description);
    }

    [Fact]
    public async Task After_a_failure_it_asks_for_health_without_credentials()
    {
        using var answer = await world.Host.Http.GetAsync(new Uri("health", UriKind.Relative));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    // What is new since the last look; whether it has come to this line.
    private async Task<bool> ReadOnAsync(string id, List<LogLineShape> seen, string line)
    {
        IReadOnlyList<LogLineShape> page;
        do
        {
            var since = seen.Count == 0 ? "" : $"{seen[^1].Meta.Time + 1}";
            page = await PageAsync<LogLineShape>(id, "loglines", $"pagesize=200&since_time={since}");
            seen.AddRange(page);
        } while (page.Count > 0);
        return seen.Exists(l => l.Line == line);
    }

    private async Task HaltAsync(string id)
    {
        using var body = new StringContent("""{"status":"halt"}""", Encoding.UTF8, "application/json");
        using var answer = await _cli.SendAsync(HttpMethod.Patch, $"v1/models/{id}?{Rest}", body);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    // It says that it sends JSON, and sends nothing.
    private async Task DeleteAsync(string id)
    {
        using var nothing = new ByteArrayContent([]);
        nothing.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var deleted = await _cli.ReadAsync<Id>(
            _cli.SendAsync(HttpMethod.Delete, $"v1/models/{id}?{Rest}", nothing),
            200
        );
        Assert.Equal(id, deleted.ModelId);
    }

    private async Task AssertGoneAsync(string id)
    {
        await _cli.GetAsync<ErrorShape>($"v1/models/{id}?{Rest}", 404);
        var list = await _cli.GetAsync<ModelList>($"v1/models?{Rest}");
        Assert.DoesNotContain(list.Models, model => model.ModelId == id);
    }

    private async Task<IReadOnlyList<T>> PageAsync<T>(string id, string what, string query) =>
        (await _cli.GetAsync<Page<T>>($"v1/logs/{id}/{what}?{Records}&{query}")).Models;

    private static (double, double, double, string, int) ResourcesOf(TrainingShape training) =>
        (training.Cpus, training.Gpus, training.Memory, training.MemoryUnit, training.Learners);

    // The one form that it reads; it prints N/A for every other.
    private static bool IsGoTime(string text) =>
        DateTime.TryParseExact(
            text,
            "yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );
}
