using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.Web.EndToEnd;

/// <summary>
/// A service with runs of every kind: one that completed with curves, one that failed with a hostile name, log and metrics, one
/// whose program is not there.
/// </summary>
public sealed class Yard : IAsyncLifetime
{
    public const string HostileName = "<img src=x onerror=\"window.hit=1\">\u202egnp.exe";

    public const int Slots = 2;

    private const string Curves = """
        import json, math, os
        with open(os.path.join(os.environ["LOG_DIR"], "evaluation-metrics.txt"), "w") as metrics:
            for step in range(60):
                loss = 2.3 * math.exp(-step / 15)
                for group, factor in (("train", 1.0), ("test", 1.1)):
                    record = {"meta": {"time": 1700000000000 + 1000 * step}, "grouplabel": group,
                              "etimes": {"iteration": {"type": 2, "value": str(step)}},
                              "values": {"loss": {"type": 3, "value": str(loss * factor)}, "accuracy": 1 - loss / 2.5}}
                    metrics.write(json.dumps(record) + "\n")
                print(f"\x1b[32mstep {step:2d}\x1b[0m  loss \x1b[1m{loss:.4f}\x1b[0m")
        os.makedirs(os.path.join(os.environ["RESULT_DIR"], "model"), exist_ok=True)
        open(os.path.join(os.environ["RESULT_DIR"], "model", "weights"), "w").write("weights")
        """;

    private const string Hostile = """
        import os, sys
        print("<script>window.hit=1</script><img src=x onerror=\"window.hit=1\">")
        print("\x1b[31mred\x1b[0m \x1b[41;97mon red\x1b[0m \x1b]0;a title\x07after \x1b[2Jcleared")
        print("\u202eturned\u202c \u2066isolated\u2069 nul\0end")
        for percent in range(0, 101, 10):
            print(f"\r{percent}%", end="")
        print()
        print("x" * 50000)
        with open(os.path.join(os.environ["LOG_DIR"], "evaluation-metrics.txt"), "w") as metrics:
            metrics.write('{"values":{"<b>loss</b>":NaN}}\n\noops\n{"values":{"<b>loss</b>":1.5}}\n')
            metrics.write('{"values":{"<b>loss</b>":Infinity}}\n{"grouplabel":"=1+1","values":{"<b>loss</b>":0.5}}\n')
        for name in ('"><img src=x onerror="window.hit=1">.png', "\u202egnp.exe", "a;b='c'%0d%0aX-Hit: 1.txt", "…😀.bin"):
            open(os.path.join(os.environ["RESULT_DIR"], name), "w").write(name)
        print("Traceback: the last line", flush=True)
        sys.exit(3)
        """;

    private Service _service = null!;
    private Browser? _browser;

    internal Service Service => _service;

    internal Browser Browser => _browser!;

    internal Model Model { get; } = new();

    public string Key => File.ReadAllText(Path.Combine(_service.Home, "key")).Trim();

    public string Completed { get; private set; } = "";

    public string Failed { get; private set; } = "";

    public string Missing { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (Browser.Missing is not null)
        {
            return;
        }
        _browser = await Browser.Start();
        _service = await Service.Start(("Pool__Slots", $"{Slots}"));
        _service.Bucket("data");
        _service.Bucket("results");
        Model.Add("curves.py", Curves);
        Model.Add("hostile.py", Hostile);
        Completed = await Submit("baseline", "python3 curves.py");
        Failed = await Submit(HostileName, "python3 hostile.py");
        Missing = await Submit("typo", "pyhton3 curves.py");
        foreach (var id in new[] { Completed, Failed, Missing })
        {
            await _service.WaitForEnd(id);
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        Model.Dispose();
    }

    /// <summary>Starts a run and gives its id.</summary>
    public async Task<string> Submit(string name, string command)
    {
        using var client = _service.Client();
        using var body = new MultipartFormDataContent
        {
            { new StringContent(Manifest(name, command)), "manifest", "manifest.json" },
            { new ByteArrayContent(Model.Zip()), "model_definition", "model.zip" },
        };
        using var answer = await client.PostAsync(new Uri("v3/models", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<RunResource>(text, WireJson.Options)!.Metadata.Guid;
    }

    /// <summary>Ends runs, and waits until they have ended.</summary>
    public async Task Cancel(params IEnumerable<string> ids)
    {
        using var client = _service.Client();
        foreach (var id in ids)
        {
            const string Change = """[{"op":"replace","path":"/status/state","value":"canceled"}]""";
            using var body = new StringContent(Change);
            using var answer = await client.PatchAsync(new Uri($"v3/models/{id}", UriKind.Relative), body);
        }
        foreach (var id in ids)
        {
            await _service.WaitForEnd(id);
        }
    }

    public static string Manifest(string name, string command) =>
        JsonSerializer.Serialize(
            new
            {
                model_definition = new
                {
                    name,
                    framework = new { name = "python", version = "3" },
                    execution = new { command, compute_configuration = new { name = "small" } },
                },
                training_data_reference = new { type = "file", source = new { bucket = "data" } },
                training_results_reference = new { type = "file", target = new { bucket = "results" } },
                labels = new { team = "vision" },
            }
        );
}

[CollectionDefinition(Name)]
public sealed class YardCollection : ICollectionFixture<Yard>
{
    public const string Name = nameof(Yard);
}
