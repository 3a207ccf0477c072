using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>The logs of a run on two nodes: all learners' as one, or one learner's.</summary>
public sealed partial class SeveralLearnersTests : IAsyncLifetime
{
    // A line left without its end, a colour left on, a progress bar.
    private const string Program = """
        import os, socket, sys
        me = os.environ["LEARNER_ID"]
        print(f"\x1b[31mfirst of {me}", flush=True)
        print(f"10%\r20%\rdone {me}", flush=True)
        print(f"half of {me},", end="", flush=True)
        gate = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        gate.sendall(b"learner " + me.encode() + b"\n")
        gate.recv(3)
        print(f" whole of {me}\nlast of {me}", flush=True)
        """;

    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private readonly List<ChildProcess> _agents = [];
    private Service _service = null!;
    private Browser? _browser;

    public async Task InitializeAsync()
    {
        if (Browser.Missing is not null)
        {
            return;
        }
        _browser = await Browser.Start();
        _service = await Service.Start(("Pool__StartAgent", "false"), ("Pool__GracePeriod", "00:00:05"));
        _service.Bucket("data");
        _service.Bucket("results");
        foreach (var name in new[] { "a", "b" })
        {
            _agents.Add(_service.StartAgent(name, ("Pool__Slots", "1")));
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            await _service.DisposeAsync();
        }
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }
        _gate.Dispose();
        _model.Dispose();
    }

    [RequiresChromiumFact]
    public async Task The_log_of_each_learner_is_followed_and_all_as_one()
    {
        var id = await Submit();
        using var one = await _gate.Arrival();
        using var other = await _gate.Arrival();
        await using var tab = await _browser!.Open(_service.Address);
        await tab.SignIn(File.ReadAllText(Path.Combine(_service.Home, "key")).Trim());
        await tab.Go($"runs/{id}");
        // Of the command's own lines.
        var lines = tab.Page.Locator(".log .line bdi", new() { HasTextRegex = Printed() });
        var whose = tab.Page.GetByLabel("Whose log");

        await Expect(whose).ToHaveValueAsync("0");
        await Expect(lines).ToHaveCountAsync(4);
        string[] begun = ["learner-1: done 1", "learner-1: first of 1", "learner-2: done 2", "learner-2: first of 2"];
        Assert.Equal(begun, (await lines.AllTextContentsAsync()).Order());
        Assert.Equal(["first of 1", "first of 2"], await ColouredAsync(tab));

        // By keys alone.
        await whose.FocusAsync();
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(whose).ToHaveValueAsync("2");
        await Expect(lines).ToHaveTextAsync(["first of 2", "done 2", "half of 2,"]);
        await tab.Page.Keyboard.PressAsync("Home");
        await Expect(whose).ToHaveValueAsync("0");
        await Expect(lines).ToHaveCountAsync(4);
        await one.LetGo();
        await other.LetGo();

        await Expect(lines).ToHaveCountAsync(8);
        Assert.Equal(
            ["learner-2: first of 2", "learner-2: done 2", "learner-2: half of 2, whole of 2", "learner-2: last of 2"],
            (await lines.AllTextContentsAsync()).Where(line => line.StartsWith("learner-2: ", StringComparison.Ordinal))
        );
        await Expect(tab.Page.Locator(".state .badge")).ToHaveTextAsync("completed");
        var text = await SavedAsync(tab);
        Assert.Contains("==> learner-2 <==\n", text);
        Assert.Contains("\u001b[31mfirst of 2\n", text);
        await whose.SelectOptionAsync("1");
        await Expect(lines).ToHaveTextAsync(["first of 1", "done 1", "half of 1, whole of 1", "last of 1"]);
        text = await SavedAsync(tab);
        Assert.Contains("\u001b[31mfirst of 1\n", text);
        Assert.DoesNotContain("first of 2", text);
        Assert.Empty(await tab.Violations());
        tab.AssertQuiet();
    }

    [GeneratedRegex(@"\b(first of|done|half of|last of) [12]")]
    private static partial Regex Printed();

    private static async Task<string> SavedAsync(Tab tab)
    {
        var saved = await tab.Page.RunAndWaitForDownloadAsync(() =>
            tab.Page.Locator(".log-view").GetByText("Download").ClickAsync()
        );
        return await File.ReadAllTextAsync(await saved.PathAsync());
    }

    // The text of the pieces that have a colour.
    private static async Task<IEnumerable<string>> ColouredAsync(Tab tab) =>
        (await tab.Page.Locator(".log .line bdi span").AllTextContentsAsync()).Order();

    private async Task<string> Submit()
    {
        _model.Add("learn.py", Program);
        var manifest = JsonSerializer.Serialize(
            new
            {
                model_definition = new
                {
                    name = "two",
                    framework = new { name = "python", version = "3" },
                    execution = new
                    {
                        command = $"python3 learn.py {_gate.Port}",
                        compute_configuration = new
                        {
                            cpus = 0.1,
                            memory = "64 MB",
                            nodes = 2,
                        },
                    },
                },
                training_data_reference = new { type = "file", source = new { bucket = "data" } },
                training_results_reference = new { type = "file", target = new { bucket = "results" } },
            }
        );
        using var client = _service.Client();
        using var body = new MultipartFormDataContent
        {
            { new StringContent(manifest), "manifest", "manifest.json" },
            { new ByteArrayContent(_model.Zip()), "model_definition", "model.zip" },
        };
        using var answer = await client.PostAsync(new Uri("v3/models", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<RunResource>(text, WireJson.Options)!.Metadata.Guid;
    }
}
