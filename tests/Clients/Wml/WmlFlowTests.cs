using System.Formats.Tar;
using System.IO.Compression;
using System.Net.WebSockets;
using System.Text.Json;
using Trainyard.Clients.World;

namespace Trainyard.Clients.Wml;

/// <summary>What the Python client of 2018 offers, each flow with all of its calls, in their order.</summary>
[Collection(Shared.Name)]
public sealed class WmlFlowTests(TrainingService world) : IAsyncLifetime
{
    private WmlClient _client = null!;

    public async Task InitializeAsync() =>
        _client = await WmlClient.ConstructAsync(world.Host.Address, "anyone", world.Key);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Construct()
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(WmlClient.DecodePayload(_client.Token).At("exp").GetInt64());
        // With less than half an hour left it would ask for another one before every call.
        Assert.True(end > DateTimeOffset.UtcNow.AddMinutes(31), $"It ends at {end}.");
        Assert.DoesNotContain(_client.Token.Split('.')[1], c => c is '-' or '_');
        Assert.EndsWith("/published_models", _client.PublishedModels);
    }

    [Theory]
    [InlineData("v3/identity/token")]
    [InlineData("v2/identity/token")]
    public async Task Login(string path) =>
        Assert.Equal(3, (await _client.LoginAsync(world.Key, "anything", path)).Split('.').Length);

    [Fact]
    public async Task Token_refresh()
    {
        var before = _client.Token;
        Assert.NotEqual(before, await _client.RefreshAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"a.b.c"}""")]
    public async Task Token_refresh_of_no_token(string body)
    {
        using var content = new StringContent(body);
        using var answer = await world.Host.Http.PutAsync(new Uri("v3/identity/token", UriKind.Relative), content);
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_token_that_was_changed_opens_nothing(int part)
    {
        var parts = _client.Token.Split('.');
        parts[part] = parts[part][..^6] + "AAAAAA";
        using var answer = await _client.SendAsync(
            HttpMethod.Get,
            "v3/models",
            authorization: new("Bearer", string.Join('.', parts))
        );
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_token_ends_with_its_key()
    {
        using var operators = world.Host.Client();
        var key = await world.Host.KeyFor("wml-user");
        using var client = await WmlClient.ConstructAsync(world.Host.Address, "anyone", key);
        await client.GetAsync("v3/models");
        var listed = JsonDocument.Parse(await operators.GetStringAsync(new Uri("v3/keys", UriKind.Relative)));
        var id = listed.RootElement.Items("resources").Single(k => k.Text("owner") == "wml-user").Text("id");

        using var revoked = await operators.DeleteAsync(new Uri($"v3/keys/{id}", UriKind.Relative));

        Assert.Equal(204, (int)revoked.StatusCode);
        using var answer = await client.SendAsync(HttpMethod.Get, "v3/models");
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Get_frameworks() =>
        Assert.Contains(
            (await _client.GetAsync("v3/models/frameworks")).Items("resources"),
            f => f.Text("name") == "python"
        );

    [Fact]
    public async Task Store_definition()
    {
        var definition = await StoreDefinitionAsync();

        Assert.Matches("^[a-z0-9-]{36}$", definition.Text("metadata", "guid"));
        Assert.Matches("^http://.*/ml_assets/training_definitions/[^/]+$", definition.Text("metadata", "url"));
        Assert.NotEmpty(definition.Text("metadata", "created_at"));
    }

    [Fact]
    public async Task Store_definition_that_is_none()
    {
        var url = (await CreateDefinitionAsync()).Text("entity", "training_definition_version", "content_url");
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(url))
        {
            Content = new ByteArrayContent([1]),
        };
        request.Headers.Authorization = new("Bearer", _client.Token);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        Assert.Equal(400, (int)answer.StatusCode);

        var error = await _client.CallAsync(
            HttpMethod.Post,
            "v3/ml_assets/training_definitions",
            400,
            new { name = "x" }
        );
        Assert.Equal(3, error.Items("errors").Count);
    }

    [Fact]
    public async Task Definition_details()
    {
        var url = (await StoreDefinitionAsync()).Text("metadata", "url");
        var details = await _client.GetAsync(url);

        Assert.Equal(TrainingService.Command, details.Text("entity", "command"));
        Assert.Equal("python", details.Text("entity", "framework", "name"));
        Assert.Equal("3", details.Text("entity", "framework", "version"));
        Assert.Equal("persisted", details.Text("entity", "training_definition_version", "content_status", "state"));
    }

    [Fact]
    public async Task List_definitions()
    {
        var id = (await StoreDefinitionAsync()).Text("metadata", "guid");
        var list = await _client.GetAsync("v3/ml_assets/training_definitions");
        Assert.Contains(list.Items("resources"), resource => resource.Text("metadata", "guid") == id);
    }

    [Fact]
    public async Task Training_run()
    {
        var run = await RunAsync(TrainingService.Command);

        Assert.Equal("pending", run.Text("entity", "status", "state"));
        Assert.NotEmpty(run.Text("entity", "status", "submitted_at"));
        Assert.NotEmpty(run.Text("entity", "status", "current_at"));
        Assert.Empty(run.Items("entity", "status", "metrics"));
        var id = run.Text("metadata", "guid");
        // A path, where other resources have an address.
        Assert.Equal($"/v3/models/{id}", run.Text("metadata", "url"));
        Assert.Equal("COMPLETED", (await world.Host.WaitForEnd(id)).Entity.Status.Phase);
    }

    [Fact]
    public async Task A_run_names_the_definition_that_its_code_came_from()
    {
        var definition = await StoreDefinitionAsync();
        var url = definition.Text("metadata", "url");

        // However it is named, the answers have the address that can be called as it stands.
        foreach (var named in new[] { url, url + "/content", definition.Text("metadata", "guid") })
        {
            var run = await _client.CallAsync(HttpMethod.Post, "v3/models", 202, Manifest("true", named));
            var shown = await _client.GetAsync($"v3/models/{run.Text("metadata", "guid")}");
            var listed = (await _client.GetAsync("v3/models")).Items("resources");
            foreach (
                var answer in new[]
                {
                    run,
                    shown,
                    listed.Single(r => r.Text("metadata", "url") == run.Text("metadata", "url")),
                }
            )
            {
                Assert.Equal(url, answer.Text("entity", "model_definition", "definition_href"));
            }
        }
        // Code that was sent with its manifest is of no definition.
        var sent = (await _client.GetAsync($"v3/models/{await world.EndedAsync()}")).At("entity", "model_definition");
        Assert.False(sent.TryGetProperty("definition_href", out _));
    }

    [Fact]
    public async Task Training_run_of_2017()
    {
        var definition = await StoreDefinitionAsync();
        var body = new
        {
            model_definition = new
            {
                author = new { email = "", name = "someone" },
                name = "mnist",
                definition_href = definition.Text("metadata", "url") + "/content",
                framework = new { name = "python", version = "3" },
                execution = new { command = "true", resource = "small" },
            },
            training_data_reference = new { connection = new { }, source = new { bucket = "data", type = "file" } },
            training_results_reference = new
            {
                connection = new { },
                target = new { bucket = "results", type = "file" },
            },
        };

        var run = await _client.CallAsync(HttpMethod.Post, "v3/models", 202, body);

        var ended = await world.Host.WaitForEnd(run.Text("metadata", "guid"));
        Assert.Equal("COMPLETED", ended.Entity.Status.Phase);
    }

    [Theory]
    [InlineData(null, "definition_href_missing")]
    [InlineData("x", "definition_not_found")]
    [InlineData(
        "http://h/v3/ml_assets/training_definitions/3e0a4a3f-11aa-4bd1-9d1c-0a1b2c3d4e5f",
        "definition_not_found"
    )]
    [InlineData("empty", "definition_empty")]
    public async Task Training_run_without_a_definition(string? href, string code)
    {
        var named = href == "empty" ? (await CreateDefinitionAsync()).Text("metadata", "url") : href;
        var error = await _client.CallAsync(HttpMethod.Post, "v3/models", 400, Manifest("true", named));
        Assert.Equal(code, error.Text("code"));
        Assert.NotEmpty(error.Items("errors")[0].Text("message"));
    }

    [Fact]
    public async Task Get_status_and_details()
    {
        var id = await world.EndedAsync();
        var run = await _client.GetAsync($"v3/models/{id}");

        Assert.Equal("completed", run.Text("entity", "status", "state"));
        Assert.Equal($"{id}: 0", run.Text("entity", "status", "message"));
        Assert.Equal("results", run.Text("entity", "training_results_reference", "location", "bucket"));
        Assert.Equal(id, run.Text("entity", "training_results_reference", "location", "model_location"));
    }

    [Fact]
    public async Task Get_metrics_and_latest_metrics()
    {
        var metrics = (await _client.GetAsync($"v3/models/{await world.EndedAsync()}")).Items(
            "entity",
            "status",
            "metrics"
        );

        Assert.Equal(["train", "train", "test"], metrics.Select(metric => metric.Text("phase")));
        Assert.Equal(20, metrics[^1].At("iteration").GetInt32());
        Assert.NotEmpty(metrics[^1].Text("timestamp"));
        var value = Assert.Single(metrics[^1].Items("values"));
        Assert.Equal(("accuracy", 0.875), (value.Text("name"), value.At("value").GetDouble()));
    }

    [Fact]
    public async Task List()
    {
        await world.EndedAsync();
        await world.SubmitToEndAsync("true");
        var ids = new HashSet<string>();
        var address = "v3/models?limit=1";
        while (address.Length > 0)
        {
            var page = await _client.GetAsync(address);
            Assert.All(page.Items("resources"), run => Assert.True(ids.Add(run.Text("metadata", "guid"))));
            // Left out on the last page, not null.
            address = page.TryGetProperty("next", out var next) ? next.Text("url") : "";
            Assert.True(address.Length == 0 || address.StartsWith("http://"), address);
        }
        Assert.Contains(await world.EndedAsync(), ids);
    }

    [Fact]
    public async Task Monitor_logs_and_metrics_of_a_running_run()
    {
        var (id, held) = await world.HeldAsync();
        Assert.Equal("running", (await _client.GetAsync($"v3/models/{id}")).Text("entity", "status", "state"));
        using var frames = await _client.DialAsync($"v3/models/{id}/monitor");
        var seen = await frames.UntilAsync(frame => frame.Contains("before"));

        await held.LetGo();
        seen.AddRange(await frames.RestAsync());
        held.Dispose();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, frames.CloseStatus);
        var statuses = seen.ConvertAll(frame => JsonDocument.Parse(frame).RootElement.At("status"));
        var log = string.Concat(statuses.Select(s => s.TryGetProperty("message", out var m) ? m.GetString() : ""));
        Assert.Contains("before\nafter\nline 1\n", log.Replace("\r", ""));
        Assert.Contains("line 25\n", log);
        var metrics = statuses.FindAll(s => s.TryGetProperty("metrics", out _));
        Assert.Equal([10, 20, 20], metrics.Select(s => Assert.Single(s.Items("metrics")).At("iteration").GetInt32()));
        Assert.Equal([10, 20, 20], metrics.Select(s => s.At("current_iteration").GetInt32()));
        var states = statuses.FindAll(s => s.TryGetProperty("state", out _)).ConvertAll(s => s.Text("state"));
        Assert.Equal(["running", "completed"], states);
    }

    [Theory]
    [InlineData("training-log.txt", "line 25")]
    [InlineData("evaluation-metrics.txt", "accuracy")]
    public async Task Monitor_logs_and_metrics_of_an_ended_run(string file, string text)
    {
        var results = (await _client.GetAsync($"v3/models/{await world.EndedAsync()}")).At(
            "entity",
            "training_results_reference"
        );
        using var bucket = new LogBucketClient(results.At("connection"));

        var content = await bucket.ReadAsync(
            results.Text("location", "bucket"),
            $"{results.Text("location", "model_location")}/learner-1/{file}"
        );

        Assert.Contains(text, content);
    }

    [Fact]
    public async Task The_keys_to_the_log_open_nothing_else()
    {
        var id = await world.EndedAsync();
        var other = await world.SubmitToEndAsync("true");
        var results = (await _client.GetAsync($"v3/models/{id}")).At("entity", "training_results_reference");
        using var bucket = new LogBucketClient(results.At("connection"));
        using var wrong = new LogBucketClient(results.At("connection"), secret: "another");

        Assert.Equal(404, await bucket.StatusAsync("results", $"{other}/learner-1/training-log.txt"));
        Assert.Equal(404, await bucket.StatusAsync("results", $"{id}/model/weights.txt"));
        Assert.Equal(404, await bucket.StatusAsync("data", $"{id}/learner-1/training-log.txt"));
        Assert.Equal(403, await wrong.StatusAsync("results", $"{id}/learner-1/training-log.txt"));
        Assert.Equal(200, await bucket.StatusAsync("results", $"{id}/learner-1/training-log.txt"));
        // Who comes with a key reads the log by its own route, and gets none.
        using var http = world.Host.Client();
        var shown = JsonDocument.Parse(await http.GetStringAsync(new Uri($"v3/models/{id}", UriKind.Relative)));
        Assert.False(shown.RootElement.At("entity", "training_results_reference").TryGetProperty("connection", out _));
    }

    [Fact]
    public async Task Cancel()
    {
        var (id, held) = await world.HeldAsync();
        var patch = new[]
        {
            new
            {
                op = "replace",
                path = "/status/state",
                value = "canceled",
            },
        };

        await _client.CallAsync(HttpMethod.Patch, $"v3/models/{id}", 204, patch);

        await world.Host.WaitForEnd(id);
        Assert.Equal("canceled", (await _client.GetAsync($"v3/models/{id}")).Text("entity", "status", "state"));
        held.Dispose();
    }

    [Fact]
    public async Task Delete()
    {
        var id = await world.SubmitToEndAsync("true");
        await _client.CallAsync(HttpMethod.Delete, $"v3/models/{id}", 204);
        var error = await _client.CallAsync(HttpMethod.Get, $"v3/models/{id}", 404);
        Assert.NotEmpty(error.Items("errors")[0].Text("message"));
    }

    [Fact]
    public async Task Delete_of_a_run_that_has_not_ended()
    {
        var (id, held) = await world.HeldAsync();
        // A script of ours has no token: it is told to cancel first.
        using (var own = world.Host.Client())
        {
            using var refused = await own.DeleteAsync(new Uri($"v3/models/{id}", UriKind.Relative));
            Assert.Equal(409, (int)refused.StatusCode);
        }

        await _client.CallAsync(HttpMethod.Delete, $"v3/models/{id}", 204);

        await _client.CallAsync(HttpMethod.Get, $"v3/models/{id}", 404);
        // Its program was ended: the connection that it holds open closes.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await held.Client.GetStream().ReadAsync(new byte[1], limit.Token));
        held.Dispose();
    }

    [Fact]
    public async Task Store_model_and_load_it()
    {
        var id = await world.SubmitToEndAsync(TrainingService.Command);
        var meta = new
        {
            name = "my model",
            description = "d",
            author = new { email = "a@b" },
            other = 7,
        };

        var stored = await _client.CallAsync(HttpMethod.Put, $"v3/models/{id}/ml_asset", 202, meta);
        var guid = stored.Text("entity", "ml_asset_guid");
        Assert.EndsWith($"/v3/ml_assets/models/{guid}", stored.Text("entity", "ml_asset_url"));
        var shown = await _client.GetAsync($"v3/ml_assets/models/{guid}");
        Assert.Equal("persisted", shown.Text("entity", "model_version", "content_status", "state"));
        Assert.Equal("my model", shown.Text("entity", "name"));
        Assert.Equal("python-3", shown.Text("entity", "model_type"));

        var published = await _client.GetAsync($"{_client.PublishedModels}/{guid}");
        Assert.EndsWith($"/published_models/{guid}", published.Text("metadata", "url"));
        var list = await _client.GetAsync(_client.PublishedModels);
        Assert.Contains(list.Items("resources"), model => model.Text("metadata", "guid") == guid);

        Assert.Equal(["weights.txt"], await DownloadAsync(shown.Text("entity", "model_version", "content_url")));

        await _client.CallAsync(HttpMethod.Delete, $"v3/ml_assets/models/{guid}", 204);
        await _client.CallAsync(HttpMethod.Get, $"v3/ml_assets/models/{guid}", 404);
        await _client.CallAsync(HttpMethod.Delete, $"v3/ml_assets/models/{guid}", 404);
    }

    [Fact]
    public async Task Repository_delete()
    {
        var guid = (await StoreDefinitionAsync()).Text("metadata", "guid");
        var found = new List<string>();
        // It asks all of them, and takes each 200 for "is one".
        foreach (
            var address in new[]
            {
                $"v3/ml_assets/training_definitions/{guid}",
                $"{_client.PublishedModels}/{guid}",
                $"v3/experiments/{guid}",
                $"v3/wml_instances/{WmlClient.InstanceId}/functions/{guid}",
                $"v4/runtimes/{guid}",
                $"v4/libraries/{guid}",
            }
        )
        {
            using var answer = await _client.SendAsync(HttpMethod.Get, address);
            Assert.Contains((int)answer.StatusCode, new[] { 200, 404 });
            found.AddRange((int)answer.StatusCode == 200 ? [address] : []);
        }
        Assert.Equal([$"v3/ml_assets/training_definitions/{guid}"], found);

        await _client.CallAsync(HttpMethod.Delete, found[0], 204);
        await _client.CallAsync(HttpMethod.Get, found[0], 404);
    }

    [Fact]
    public async Task Dlmonitor()
    {
        var token = await _client.LoginAsync("anyone", world.Key, "v2/identity/token");
        Assert.NotEmpty(token);
        using var frames = await _client.DialAsync($"v3/models/{await world.EndedAsync()}/monitor?last=3");

        var seen = string.Concat(await frames.RestAsync());

        Assert.Contains("line 25", seen);
        Assert.DoesNotContain("line 20\\n", seen);
    }

    [Fact]
    public async Task Addresses_are_the_proxy_s_where_there_is_one()
    {
        using var answer = await _client.SendAsync(
            HttpMethod.Get,
            $"v3/wml_instances/{WmlClient.InstanceId}",
            headers: [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ml.example.org, inner")]
        );
        var instance = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.StartsWith("https://ml.example.org/v3/", instance.Text("metadata", "url"));
    }

    [Fact]
    public async Task Scripts_with_a_key_still_read_the_next_page_as_a_path()
    {
        await world.EndedAsync();
        await world.SubmitToEndAsync("true");
        using var http = world.Host.Client();
        var page = JsonDocument.Parse(await http.GetStringAsync(new Uri("v3/models?limit=1", UriKind.Relative)));
        Assert.StartsWith("/v3/models?", page.RootElement.Text("next"));
    }

    private async Task<JsonElement> CreateDefinitionAsync()
    {
        var created = await _client.CallAsync(
            HttpMethod.Post,
            "v3/ml_assets/training_definitions",
            201,
            new
            {
                name = "mnist",
                framework = new
                {
                    name = "python",
                    version = "3",
                    runtimes = new[] { new { name = "python", version = "3" } },
                },
                command = TrainingService.Command,
            }
        );
        Assert.Equal("no_content", created.Text("entity", "training_definition_version", "content_status", "state"));
        return created;
    }

    private async Task<JsonElement> StoreDefinitionAsync()
    {
        var created = await CreateDefinitionAsync();
        var url = created.Text("entity", "training_definition_version", "content_url");
        Assert.StartsWith(world.Host.Address.ToString(), url);
        Assert.Equal("true", (await _client.PutZipAsync(url, world.Zip)).Text("ok"));
        return created;
    }

    private async Task<JsonElement> RunAsync(string command)
    {
        var url = (await StoreDefinitionAsync()).Text("metadata", "url");
        // It reads the definition once more before it starts the run.
        await _client.GetAsync(url);
        return await _client.CallAsync(HttpMethod.Post, "v3/models", 202, Manifest(command, url));
    }

    private static object Manifest(string command, string? definition) =>
        new
        {
            model_definition = new
            {
                author = new { },
                name = "mnist",
                definition_href = definition,
                framework = new { name = "python", version = "3" },
                execution = new { command, compute_configuration = new { name = "small" } },
            },
            training_data_reference = new
            {
                type = "file",
                connection = new { },
                source = new { bucket = "data" },
            },
            training_results_reference = new
            {
                type = "file",
                connection = new { },
                target = new { bucket = "results" },
            },
        };

    private async Task<List<string>> DownloadAsync(string address)
    {
        using var answer = await _client.SendAsync(HttpMethod.Get, address);
        Assert.Equal(200, (int)answer.StatusCode);
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        await using var tar = new TarReader(unpacked);
        var names = new List<string>();
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            Assert.True(entry.Length > 0, entry.Name);
            names.Add(entry.Name);
        }
        return names;
    }
}
