using System.IO.Compression;
using System.Net.WebSockets;
using System.Text.Json;
using Trainyard.Clients.World;
using Trainyard.Tests.Shared;

namespace Trainyard.Clients.Wml;

/// <summary>What the Python client of 2018 does with experiments, each flow with all of its calls, in their order.</summary>
[Collection(Shared.Name)]
public sealed class ExperimentFlowTests(TrainingService world) : IAsyncLifetime
{
    // As IBM's samples do it: config.json in the folder it starts in, metrics below SUBID, and the list at the end.
    private const string Train = """
        import json, os

        with open("config.json") as file:
            config = json.load(file)
        rate = float(config["learning_rate"])
        folder = os.path.join(os.environ["LOG_DIR"], os.environ["SUBID"])
        if not os.path.exists(folder):
            os.makedirs(folder)
        history = []
        with open(os.path.join(folder, "evaluation-metrics.txt"), "a") as file:
            for epoch in range(1, 4):
                accuracy = 1 - abs(rate - 0.007) - 0.01 / epoch
                history.append({"steps": epoch, "accuracy": accuracy})
                file.write(json.dumps({
                    "meta": {"training_id": os.environ["TRAINING_ID"], "time": 1500000000000 + epoch, "rindex": epoch, "subid": os.environ["SUBID"]},
                    "grouplabel": "test",
                    "etimes": {"iteration": {"type": 2, "value": str(epoch)}},
                    "values": {"accuracy": {"type": 3, "value": str(accuracy)}},
                }) + "\n")
        with open(os.path.join(os.environ["RESULT_DIR"], "val_dict_list.json"), "w") as file:
            json.dump(history, file)
        with open(os.path.join(os.environ["RESULT_DIR"], "model", "weights.txt"), "w") as file:
            file.write(os.environ["SUBID"] + " " + json.dumps(config))
        print("trained with", rate)
        """;

    private WmlClient _client = null!;

    public async Task InitializeAsync() =>
        _client = await WmlClient.ConstructAsync(world.Host.Address, "anyone", world.Key);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Store_experiment()
    {
        var experiment = await StoreAsync([Reference("mlp", await DefinitionAsync("echo a"))]);

        Assert.Matches("^[a-z0-9-]{36}$", experiment.Text("metadata", "guid"));
        Assert.Matches("^http://.*/experiments/[a-z0-9-]{36}$", experiment.Text("metadata", "url"));
        Assert.NotEmpty(experiment.Text("metadata", "created_at"));
        Assert.Equal("MNIST experiment", experiment.Text("entity", "settings", "name"));
        Assert.Equal("mlp", experiment.Items("entity", "training_references")[0].Text("name"));
        var again = await _client.GetAsync(experiment.Text("metadata", "url"));
        Assert.Equal(experiment.GetRawText(), again.GetRawText());
    }

    [Fact]
    public async Task Store_experiment_that_is_none_says_all_that_is_wrong()
    {
        var error = await _client.CallAsync(
            HttpMethod.Post,
            "v3/experiments",
            400,
            new
            {
                settings = new { nam = "x" },
                training_references = new[] { new { name = "a", training_definition_url = "nowhere" } },
                training_data_reference = Store("source", "data"),
                training_results_reference = Store("target", "results"),
            }
        );

        var paths = error.Items("errors").Select(e => e.Text("path")).ToList();
        Assert.Equal("invalid_experiment", error.Text("code"));
        Assert.Contains("settings.nam", paths);
        Assert.Contains("training_references[0].training_definition_url", paths);
    }

    [Fact]
    public async Task List_experiments_page_by_page()
    {
        using var client = await WmlClient.ConstructAsync(
            world.Host.Address,
            "anyone",
            await world.Host.KeyFor("experiment-lister")
        );
        var definition = await DefinitionAsync("echo a", client);
        var stored = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var made = await StoreAsync([Reference("a", definition)], client);
            stored.Add(made.Text("metadata", "guid"));
        }

        var listed = new List<string>();
        for (var address = "v3/experiments?limit=2"; address is not null; )
        {
            var page = await client.GetAsync(address);
            listed.AddRange(page.Items("resources").Select(r => r.Text("metadata", "guid")));
            address = page.TryGetProperty("next", out var next) ? next.Text("url") : null;
        }

        Assert.Equal(Enumerable.Reverse(stored), listed);
        foreach (var guid in stored)
        {
            await _client.CallAsync(HttpMethod.Get, $"v3/experiments/{guid}", 404);
        }
    }

    [Fact]
    public async Task Experiments_run_to_its_end()
    {
        var experiment = await StoreAsync([
            Reference("mlp", await DefinitionAsync("echo from mlp; cp metrics.txt $LOG_DIR/evaluation-metrics.txt")),
            Reference("cnn", await DefinitionAsync("echo never"), "echo from cnn"),
        ]);
        var runs = experiment.Text("metadata", "url") + "/runs";

        var started = await _client.CallAsync(HttpMethod.Post, runs, 200);
        var url = started.Text("metadata", "url");
        Assert.Matches("/experiments/[a-z0-9-]{36}/runs/[a-z0-9-]{36}$", url);
        Assert.Equal(experiment.Text("metadata", "guid"), started.Text("experiment", "guid"));
        // Looked for within ten seconds; none is skipped for an underscore in its id.
        Assert.Equal(["mlp", "cnn"], NamesOf(started));
        Assert.All(
            started.Items("entity", "training_statuses"),
            s => Assert.DoesNotContain('_', s.Text("training_guid"))
        );

        var ended = await EndAsync(url);

        Assert.Equal("completed", ended.Text("entity", "experiment_run_status", "state"));
        Assert.All(ended.Items("entity", "training_statuses"), s => Assert.Equal("completed", s.Text("state")));
        Assert.Equal(
            "loss",
            ended.Items("entity", "training_statuses")[0].Items("metrics")[0].Items("values")[0].Text("name")
        );
        foreach (var status in ended.Items("entity", "training_statuses"))
        {
            var run = await _client.GetAsync($"v3/models/{status.Text("training_guid")}");
            Assert.Equal(status.Text("training_reference_name"), run.Text("entity", "model_definition", "name"));
            Assert.Contains("/training_definitions/", run.Text("entity", "model_definition", "definition_href"));
        }
        Assert.Contains((await _client.GetAsync(runs)).Items("resources"), r => r.Text("metadata", "url") == url);
    }

    [Fact]
    public async Task Monitor_of_an_experiment_run_sends_logs_and_metrics_and_closes()
    {
        var definition = await DefinitionAsync($"{TrainingService.Command}");
        var experiment = await StoreAsync([Reference("one", definition), Reference("two", definition)]);
        var started = await StartAsync(experiment);
        var path = new Uri(started.Text("metadata", "url")).AbsolutePath.TrimStart('/');

        using var frames = await _client.DialAsync(path + "/monitor");
        var all = (await frames.RestAsync()).ConvertAll(f => JsonDocument.Parse(f).RootElement);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, frames.CloseStatus);
        foreach (var status in started.Items("entity", "training_statuses"))
        {
            var own = all.SelectMany(f => f.Items("entity", "training_statuses"))
                .Where(s => s.Text("training_guid") == status.Text("training_guid"))
                .ToList();
            Assert.All(
                own,
                s => Assert.Equal(status.Text("training_reference_name"), s.Text("training_reference_name"))
            );
            var log = string.Concat(own.Where(s => s.TryGetProperty("message", out _)).Select(s => s.Text("message")));
            Assert.Contains("line 25", log);
            Assert.Contains(own, s => s.TryGetProperty("metrics", out var m) && m[0].Text("phase") == "test");
        }
    }

    [Theory]
    [InlineData("random")]
    [InlineData("rbfopt")]
    [InlineData("tpe")]
    public async Task A_search_trains_so_many_runs_and_finds_the_best(string method)
    {
        var experiment = await StoreAsync([Search("hpo", await TrainerAsync(), method, steps: 5)]);

        var ended = await EndAsync((await StartAsync(experiment)).Text("metadata", "url"));

        Assert.Equal("completed", ended.Text("entity", "experiment_run_status", "state"));
        var statuses = ended.Items("entity", "training_statuses");
        Assert.Equal(Enumerable.Range(0, 5), statuses.Select(s => s.At("sub_id").GetInt32()).Order());
        var rates = statuses.ConvertAll(RateOf);
        // 0.005 to 0.01 by 0.001, none of them twice.
        Assert.All(rates, r => Assert.Contains(r, new[] { 0.005, 0.006, 0.007, 0.008, 0.009, 0.01 }));
        Assert.Equal(5, rates.Distinct().Count());
        var best = statuses.MaxBy(s => s.At("objective").GetDouble());
        Assert.All(
            statuses,
            s => Assert.Equal(1 - Math.Abs(RateOf(s) - 0.007) - (0.01 / 3), s.At("objective").GetDouble(), 9)
        );
        var search = ended.Items("entity", "searches")[0];
        Assert.Equal(best.Text("training_guid"), search.Text("best_training_guid"));
        var model = await _client.GetAsync($"v3/ml_assets/models/{search.Text("best_model_guid")}");
        Assert.Equal("MNIST experiment: best of hpo", model.Text("entity", "name"));
    }

    [Fact]
    public async Task A_child_that_fails_does_not_fail_the_search()
    {
        var definition = await DefinitionAsync(
            "python3 -c 'import json,sys; sys.exit(json.load(open(\"config.json\"))[\"code\"])'"
        );
        var experiment = await StoreAsync([
            SearchOver("hpo", definition, "grid", new { name = "code", int_values = new[] { 0, 1, 2 } }),
        ]);

        var ended = await EndAsync((await StartAsync(experiment)).Text("metadata", "url"));

        Assert.Equal("completed", ended.Text("entity", "experiment_run_status", "state"));
        var states = ended
            .Items("entity", "training_statuses")
            .ToDictionary(s => s.Items("hyper_parameters")[0].At("double_value").GetDouble(), s => s.Text("state"));
        Assert.Equal(("completed", "error", "error"), (states[0], states[1], states[2]));
    }

    [Fact]
    public async Task A_canceled_experiment_run_cancels_its_children_and_is_cancelled()
    {
        var definition = await DefinitionAsync($"python3 gate.py {world.Gate.Port} experiment; sleep 600");
        var experiment = await StoreAsync([Reference("a", definition)]);
        var started = await StartAsync(experiment);
        using var held = await world.Gate.Arrival();

        await _client.CallAsync(
            HttpMethod.Patch,
            started.Text("metadata", "url"),
            204,
            new[]
            {
                new
                {
                    op = "replace",
                    path = "/status/state",
                    value = "canceled",
                },
            }
        );

        var ended = await EndAsync(started.Text("metadata", "url"));
        // With two l: what the client waits for.
        Assert.Equal("cancelled", ended.Text("entity", "experiment_run_status", "state"));
        Assert.Equal("canceled", ended.Items("entity", "training_statuses")[0].Text("state"));
    }

    [Fact]
    public async Task Update_experiment_keeps_the_stores_that_it_does_not_name()
    {
        var experiment = await StoreAsync([Reference("a", await DefinitionAsync("echo a"))]);
        var url = experiment.Text("metadata", "url");
        await _client.GetAsync(url);

        var changed = await _client.CallAsync(
            HttpMethod.Patch,
            url,
            200,
            new object[]
            {
                new
                {
                    op = "replace",
                    path = "/settings/name",
                    value = "renamed",
                },
                new
                {
                    op = "add",
                    path = "/settings/description",
                    value = "new",
                },
                new
                {
                    op = "replace",
                    path = "/training_references",
                    value = new[] { Reference("b", await DefinitionAsync("echo b")) },
                },
            }
        );

        Assert.Equal("renamed", changed.Text("entity", "settings", "name"));
        Assert.Equal("new", changed.Text("entity", "settings", "description"));
        Assert.Equal("b", changed.Items("entity", "training_references")[0].Text("name"));
        Assert.Equal("data", changed.Text("entity", "training_data_reference", "location", "bucket"));
        var ended = await EndAsync((await StartAsync(changed)).Text("metadata", "url"));
        Assert.Equal("completed", ended.Text("entity", "experiment_run_status", "state"));
    }

    [Fact]
    public async Task Delete_experiment_run_and_experiment()
    {
        var experiment = await StoreAsync([Reference("a", await DefinitionAsync("echo a"))]);
        var run = await EndAsync((await StartAsync(experiment)).Text("metadata", "url"));
        var training = run.Items("entity", "training_statuses")[0].Text("training_guid");

        await _client.CallAsync(HttpMethod.Delete, run.Text("metadata", "url"), 204);
        await _client.CallAsync(HttpMethod.Get, run.Text("metadata", "url"), 404);
        await _client.CallAsync(HttpMethod.Delete, experiment.Text("metadata", "url"), 204);
        await _client.CallAsync(HttpMethod.Get, experiment.Text("metadata", "url"), 404);

        // Its training runs are runs like others, and say what they were a part of.
        var part = (await _client.GetAsync($"v3/models/{training}")).At("entity", "experiment");
        Assert.Equal(experiment.Text("metadata", "guid"), part.Text("guid"));
        Assert.Equal(run.Text("metadata", "guid"), part.Text("run_guid"));
        Assert.Equal("a", part.Text("training_reference_name"));
    }

    [Fact]
    public async Task An_experiment_and_its_runs_are_their_owners_alone()
    {
        var experiment = await StoreAsync([Reference("a", await DefinitionAsync("echo a"))]);
        var run = await StartAsync(experiment);
        using var other = await WmlClient.ConstructAsync(
            world.Host.Address,
            "anyone",
            await world.Host.KeyFor("experiment-stranger")
        );

        foreach (var url in new[] { experiment.Text("metadata", "url"), run.Text("metadata", "url") })
        {
            await other.CallAsync(HttpMethod.Get, url, 404);
            await other.CallAsync(HttpMethod.Delete, url, 404);
            await other.CallAsync(HttpMethod.Patch, url, 404, Array.Empty<object>());
        }
        await other.CallAsync(HttpMethod.Post, experiment.Text("metadata", "url") + "/runs", 404);
        await EndAsync(run.Text("metadata", "url"));
    }

    private static double RateOf(JsonElement status) =>
        status.Items("hyper_parameters").Single(p => p.Text("name") == "learning_rate").At("double_value").GetDouble();

    private static IEnumerable<string> NamesOf(JsonElement run) =>
        run.Items("entity", "training_statuses").Select(s => s.Text("training_reference_name"));

    private Task<JsonElement> StartAsync(JsonElement experiment) =>
        _client.CallAsync(HttpMethod.Post, experiment.Text("metadata", "url") + "/runs", 200);

    private async Task<JsonElement> EndAsync(string url)
    {
        JsonElement last = default;
        await Eventually.Be(
            "the experiment run ends",
            async () =>
            {
                last = await _client.GetAsync(url);
                return last.Text("entity", "experiment_run_status", "state") is "completed" or "error" or "cancelled"
                    && (
                        last.Items("entity", "searches").Count == 0
                        || last.Text("entity", "experiment_run_status", "state") != "completed"
                        || last.Items("entity", "searches")[0].TryGetProperty("best_model_guid", out _)
                        || !last.Items("entity", "searches")[0].TryGetProperty("best_training_guid", out _)
                    );
            },
            TimeSpan.FromSeconds(120),
            () => $"{last}\n{string.Join('\n', world.Host.Messages)}"
        );
        return last;
    }

    private async Task<JsonElement> StoreAsync(object[] references, WmlClient? client = null) =>
        await (client ?? _client).CallAsync(
            HttpMethod.Post,
            "v3/experiments",
            201,
            new
            {
                settings = new
                {
                    name = "MNIST experiment",
                    description = "Best model for MNIST.",
                    author = new { },
                    evaluation_definition = new
                    {
                        method = "multiclass",
                        metrics = new[] { new { name = "accuracy" } },
                    },
                },
                training_references = references,
                training_data_reference = Store("source", "data"),
                training_results_reference = Store("target", "results"),
                tags = new[] { new { value = "dsx-project.1", description = "DSX project guid" } },
            }
        );

    private static Dictionary<string, object> Store(string place, string bucket) =>
        new()
        {
            ["type"] = "file",
            ["connection"] = new { },
            [place] = new { bucket },
        };

    private static object Reference(string name, string definition, string? command = null)
    {
        var reference = new Dictionary<string, object>
        {
            ["name"] = name,
            ["training_definition_url"] = definition,
            ["compute_configuration"] = new { name = "small" },
        };
        if (command is not null)
        {
            reference["command"] = command;
        }
        return reference;
    }

    private static object Search(string name, string definition, string method, int steps) =>
        SearchOver(
            name,
            definition,
            method,
            new
            {
                name = "learning_rate",
                double_range = new
                {
                    min_value = 0.005,
                    max_value = 0.01,
                    step = 0.001,
                },
            },
            new { name = "num_optimizer_steps", int_value = steps }
        );

    private static object SearchOver(
        string name,
        string definition,
        string method,
        object parameter,
        params object[] more
    ) =>
        new Dictionary<string, object>
        {
            ["name"] = name,
            ["training_definition_url"] = definition,
            ["compute_configuration"] = new { name = "small" },
            ["hyper_parameters_optimization"] = new
            {
                method = new
                {
                    name = method,
                    parameters = new object[]
                    {
                        new { name = "objective", string_value = "accuracy" },
                        new { name = "maximize_or_minimize", string_value = "maximize" },
                    }
                        .Concat(more)
                        .ToArray(),
                },
                hyper_parameters = new[] { parameter },
            },
        };

    private async Task<string> TrainerAsync()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = archive.CreateEntry("train.py").Open();
            await entry.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Train));
        }
        return await DefinitionAsync("python3 train.py", zip: zip.ToArray());
    }

    private async Task<string> DefinitionAsync(string command, WmlClient? client = null, byte[]? zip = null)
    {
        client ??= _client;
        var created = await client.CallAsync(
            HttpMethod.Post,
            "v3/ml_assets/training_definitions",
            201,
            new
            {
                name = "mnist",
                framework = new { name = "python", version = "3" },
                command,
            }
        );
        await client.PutZipAsync(
            created.Text("entity", "training_definition_version", "content_url"),
            zip ?? world.Zip
        );
        return created.Text("metadata", "url");
    }
}
