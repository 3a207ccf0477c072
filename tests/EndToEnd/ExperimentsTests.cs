using System.Text.Json;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Experiments by the command line, and a service that is killed in the middle of one.</summary>
public sealed class ExperimentsTests : IAsyncLifetime
{
    // Each run leaves a file of its own name: how often it ran is told by the lines in it.
    private const string Train = """
        import json, os, pathlib

        config = json.load(open("config.json"))
        with open(os.path.join(os.environ["RESULT_DIR"], "ran.txt"), "a") as file:
            file.write(os.environ["SUBID"] + "\n")
        loss = (config["x"] - 0.3) ** 2
        with open(os.path.join(os.environ["LOG_DIR"], "evaluation-metrics.txt"), "a") as file:
            file.write(json.dumps({"grouplabel": "test", "etimes": {"iteration": {"type": 2, "value": "1"}},
                                   "values": {"loss": {"type": 3, "value": str(loss)}}}) + "\n")
        print("loss is", loss)
        """;

    // Whoever is not the best would go on for long.
    private const string Linger = """

        import time
        if loss > 0.01:
            time.sleep(300)

        """;

    private const string Range = "x\n      double_range: {min_value: 0, max_value: 1}";

    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__Slots", "4"),
            ("Pool__LeaseDuration", "00:00:05"),
            ("Pool__HeartbeatInterval", "00:00:00.5")
        );
        _service.Bucket("data");
        _service.Bucket("results");
        _model.Add("train.py", Train);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task The_command_line_stores_runs_shows_and_deletes_an_experiment()
    {
        var experiment = await StoreAsync(steps: 4);
        var listed = await Bx("ml", "list", "experiments");
        Assert.Contains("SI No   Name", listed.Out[1]);
        Assert.Contains(experiment, string.Join('\n', listed.Out));
        Assert.Equal(["1 records found.", "OK", "List all experiments successful"], listed.Out.TakeLast(3));

        var started = await Bx("ml", "experiments", "run", experiment, "--monitor");
        var run = started.Out.First(l => l.StartsWith("Experiment-Run-ID")).Split('\'')[1];
        Assert.Contains("Status: COMPLETED", started.Out);
        Assert.Contains(started.Out, l => l.StartsWith("[--LOGS] training-") && l.Contains("model_0: loss is"));

        var shown = await Bx("ml", "show", "experiment-runs", experiment, run);
        Assert.Contains(shown.Out, l => l.StartsWith("Search") && l.Contains("model: tpe, minimize loss"));
        Assert.Contains(shown.Out, l => l.StartsWith("Runs") && l.EndsWith("4 ended of 4"));
        Assert.Contains(shown.Out, l => l.StartsWith("Best so far"));
        Assert.Equal(4, shown.Out.Count(l => l.Contains("training-") && l.Contains("completed")));

        var runs = await Bx("ml", "list", "experiment-runs", experiment);
        Assert.Contains(runs.Out, l => l.Contains(run) && l.Contains("completed"));
        var trained = await Bx("ml", "list", "training-runs", experiment, run);
        Assert.Contains("4 records found.", trained.Out);
        var child = trained.Out.First(l => l.Contains("model_3")).Split(' ').First(w => w.StartsWith("training-"));
        var all = await Bx("ml", "list", "training-runs");
        Assert.Contains(all.Out, l => l.Contains(child) && l.Contains("model #3 of"));
        var part = await Bx("ml", "show", "training-runs", child);
        Assert.Contains(part.Out, l => l.StartsWith("Experiment") && l.EndsWith($"{experiment} {run}"));
        Assert.Contains(part.Out, l => l.StartsWith("Reference") && l.EndsWith("model #3"));
        Assert.Contains(part.Out, l => l.StartsWith("Parameters") && l.Contains(" x=0."));
        var metrics = await Bx("ml", "monitor", "experiments", experiment, run, "metrics");
        Assert.Equal(4, metrics.Out.Count(l => l.StartsWith("[--METRICS] training-")));

        Assert.Contains(
            "Delete experiment-runs successful",
            (await Bx("ml", "delete", "experiment-runs", experiment, run)).Out
        );
        Assert.Contains("Delete experiments successful", (await Bx("ml", "delete", "experiments", experiment)).Out);
        var gone = await _service.Bx.Run("ml", "show", "experiments", experiment);
        Assert.Equal(4, gone.ExitCode);
    }

    [Fact]
    public async Task An_experiment_is_updated_by_another_manifest()
    {
        var experiment = await StoreAsync(steps: 4);
        var file = Path.Combine(Path.GetDirectoryName(_model.Folder)!, "experiment.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("by command line", "renamed"));

        var updated = await Bx("ml", "experiments", "update", experiment, file);
        await File.WriteAllTextAsync(file, "settings: {}\n");
        var refused = await _service.Bx.Run("ml", "experiments", "update", experiment, file);
        var missing = await _service.Bx.Run("ml", "experiments", "update", $"{Guid.NewGuid()}", file);

        Assert.Contains("Update experiments successful", updated.Out);
        Assert.Equal((5, 5), (refused.ExitCode, missing.ExitCode));
        var shown = await Bx("ml", "show", "experiments", experiment);
        Assert.Contains(shown.Out, l => l.EndsWith("renamed"));
    }

    [Fact]
    public async Task What_is_wrong_with_an_experiment_is_said_before_it_is_sent()
    {
        var file = _model.File(
            "wrong.yaml",
            Experiment("nowhere", steps: 4, "tpe", Range, "").Replace("objective", "objektive")
        );

        var validated = await _service.Bx.Run("ml", "validate", file);
        var stored = await _service.Bx.Run("ml", "store", "experiments", file);

        Assert.Equal((5, 5), (validated.ExitCode, stored.ExitCode));
        Assert.Contains("This is an experiment.", validated.Out);
        Assert.Contains("did you mean `objective`", stored.ToString());
        Assert.Contains("is no address of a training definition", stored.ToString());
    }

    [Fact]
    public async Task Runs_that_are_worse_at_the_same_step_are_stopped_and_the_best_goes_on()
    {
        _model.Add("train.py", Train + Linger);
        var experiment = await StoreAsync(
            steps: 3,
            method: "grid",
            range: "x\n      double_values: [0.3, 0.6, 0.9]",
            more: "\n      - {name: early_stopping, string_value: asha}"
        );
        var started = await Bx("ml", "experiments", "run", experiment);
        var run = started.Out.First(l => l.StartsWith("Experiment-Run-ID")).Split('\'')[1];

        var ended = await EndAsync(experiment, run);

        var statuses = ended.GetProperty("training_statuses").EnumerateArray().ToList();
        Assert.Equal("completed", ended.GetProperty("experiment_run_status").GetProperty("state").GetString());
        Assert.Equal(["completed", "canceled", "canceled"], statuses.Select(s => s.GetProperty("state").GetString()));
        Assert.All(statuses.Skip(1), s => Assert.StartsWith("Stopped early", s.GetProperty("message").GetString()));
    }

    // In the suite a few; docs/experiments.md says how to have many.
    [Fact]
    public async Task A_service_that_is_killed_again_and_again_runs_each_child_once()
    {
        var (children, kills) = (Number("TRAINYARD_CHILDREN", 12), Number("TRAINYARD_KILLS", 3));
        var experiment = await StoreAsync(children);
        var started = await Bx("ml", "experiments", "run", experiment);
        var run = started.Out.First(l => l.StartsWith("Experiment-Run-ID")).Split('\'')[1];

        for (var kill = 0; kill < kills; kill++)
        {
            var before = Ran().Count;
            await Eventually.Be(
                "another child has run",
                () => Ran().Count > before || Ran().Count == children,
                TimeSpan.FromSeconds(90),
                () => string.Join('\n', _service.Messages)
            );
            await _service.Kill();
            await _service.Start();
        }

        var ended = await EndAsync(experiment, run);
        Assert.Equal("completed", ended.GetProperty("experiment_run_status").GetProperty("state").GetString());
        var ids = ended
            .GetProperty("training_statuses")
            .EnumerateArray()
            .Select(s => s.GetProperty("training_guid").GetString()!)
            .ToList();
        Assert.Equal(children, ids.Distinct().Count());
        Assert.Equal(ids.Order(StringComparer.Ordinal), Ran().Keys.Order(StringComparer.Ordinal));
        Assert.All(Ran().Values, lines => Assert.Single(lines));
        Assert.Equal(Enumerable.Range(0, children), Ran().Values.Select(lines => int.Parse(lines[0])).Order());
    }

    // What each child left in the results bucket.
    private Dictionary<string, string[]> Ran() =>
        Directory
            .GetDirectories(_service.Bucket("results"))
            .Select(folder => (Id: Path.GetFileName(folder), File: Path.Combine(folder, "ran.txt")))
            .Where(ran => File.Exists(ran.File))
            .ToDictionary(ran => ran.Id, ran => File.ReadAllLines(ran.File));

    private async Task<JsonElement> EndAsync(string experiment, string run)
    {
        using var client = _service.Client();
        JsonElement entity = default;
        await Eventually.Be(
            "the experiment run ends",
            async () =>
            {
                var text = await client.GetStringAsync(
                    new Uri($"v3/experiments/{experiment}/runs/{run}", UriKind.Relative)
                );
                entity = JsonDocument.Parse(text).RootElement.GetProperty("entity");
                return entity.GetProperty("experiment_run_status").TryGetProperty("finished_at", out _);
            },
            TimeSpan.FromSeconds(180 + (5 * Number("TRAINYARD_CHILDREN", 0))),
            () => $"{entity}\n{string.Join('\n', _service.Messages)}"
        );
        return entity;
    }

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : usual;

    private async Task<string> StoreAsync(int steps, string method = "tpe", string range = Range, string more = "")
    {
        var definition = _model.File(
            "definition.yaml",
            "name: model\nframework: {name: python, version: \"3\"}\ncommand: python3 train.py\n"
        );
        var stored = await Bx("ml", "store", "training-definitions", _model.Folder, definition);
        var url = stored.Out.First(l => l.StartsWith("training_definition_url: "))[
            "training_definition_url: ".Length..
        ];
        var made = await Bx(
            "ml",
            "store",
            "experiments",
            _model.File("experiment.yaml", Experiment(url, steps, method, range, more))
        );
        return made.Out.First(l => l.StartsWith("Experiment store successful.")).Split('\'')[1];
    }

    private static string Experiment(string definition, int steps, string method, string range, string more) =>
        $$$"""
            settings:
              name: by command line
            training_references:
            - name: model
              training_definition_url: {{{definition}}}
              compute_configuration: {gpus: 0, cpus: 0.5, memory: 100 MB}
              hyper_parameters_optimization:
                method:
                  name: {{{method}}}
                  parameters:
                  - {name: objective, string_value: loss}
                  - {name: maximize_or_minimize, string_value: minimize}
                  - {name: num_optimizer_steps, int_value: {{{steps}}}}{{{more}}}
                hyper_parameters:
                - name: {{{range}}}
            training_data_reference: {type: file, source: {bucket: data}}
            training_results_reference: {type: file, target: {bucket: results}}
            """;

    private async Task<BxResult> Bx(params string[] arguments)
    {
        var done = await _service.Bx.Run(arguments);
        Assert.True(done.ExitCode == 0, $"{done}\n{string.Join('\n', _service.Messages)}");
        return done;
    }
}
