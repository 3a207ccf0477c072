using System.Net;
using Microsoft.Playwright;
using Trainyard.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>What people do with the page: sign in, watch, search, submit, cancel, repeat, delete.</summary>
[Collection(YardCollection.Name)]
public sealed class UseTests(Yard yard)
{
    [RequiresChromiumFact]
    public async Task The_key_opens_the_page_and_stays_in_the_tab()
    {
        await using var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.Page.GotoAsync("/");
        await tab.Page.GetByLabel("API key").FillAsync("ty_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByText("No such key.")).ToBeVisibleAsync();

        await tab.SignIn(yard.Key);
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length"));
        await tab.Page.ReloadAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Training runs");
        await tab.Page.GetByText("Sign out").ClickAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Sign in");
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("() => sessionStorage.length"));
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task A_live_run_shows_what_comes_and_pauses()
    {
        using var gate = new Gate();
        yard.Model.Add("live.py", LiveProgram);
        var id = await yard.Submit("live", $"python3 live.py {gate.Port}");
        using var first = await gate.Arrival();
        await using var tab = await Open($"runs/{id}");
        var log = tab.Page.Locator(".log");
        await Expect(log).ToContainTextAsync("line 1");
        await Expect(tab.Page.Locator(Tab.Curves + " .legend")).ToContainTextAsync("loss1");
        await Expect(tab.Page.Locator(".run-head")).ToContainTextAsync("25 %, step 1 of 4");
        await Expect(tab.Page.Locator("[aria-labelledby=section-machine] figcaption bdi").First)
            .ToHaveTextAsync("cpu_percent");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await first.LetGo();
        using var second = await gate.Arrival();
        await Expect(tab.Page.Locator(Tab.Curves + " .legend")).ToContainTextAsync("loss0.5");
        await Expect(tab.Page.GetByText("pieces wait")).ToBeVisibleAsync();
        await Expect(log).Not.ToContainTextAsync("line 2");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(log).ToContainTextAsync("line 2");

        await second.LetGo();
        await Expect(tab.Page.Locator(".state .badge")).ToHaveTextAsync("completed");
        await Expect(log).ToContainTextAsync("line 3");
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task The_log_is_searched_line_by_line()
    {
        await using var tab = await Open($"runs/{yard.Completed}");
        await Expect(tab.Page.Locator(".log")).ToContainTextAsync("step 59");

        await tab.Page.GetByLabel("Search in the log").FillAsync("STEP  3");
        await Expect(tab.Page.GetByText("1 line", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".line.match")).ToContainTextAsync("step  3");
        await Expect(tab.Page.Locator("mark")).ToHaveTextAsync("step  3");
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task A_run_is_found_opened_and_canceled_by_keys_alone()
    {
        using var gate = new Gate();
        var id = await yard.Submit("to be canceled", $"python3 gate.py {gate.Port} held");
        using var held = await gate.Arrival();
        await using var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);

        await TabTo(tab, "to be canceled");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Heading).ToHaveTextAsync("to be canceled");
        await Expect(tab.Heading).ToBeFocusedAsync();
        await TabTo(tab, "Cancel");
        await tab.Page.Keyboard.PressAsync("Enter");
        await TabTo(tab, "Cancel the run");
        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.Locator(".state .badge")).ToHaveTextAsync("canceled");
        await TabTo(tab, "Delete");
        await tab.Page.Keyboard.PressAsync("Enter");
        await TabTo(tab, "Delete the run");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Heading).ToHaveTextAsync("Training runs");
        using var client = yard.Service.Client();
        using var gone = await client.GetAsync(new Uri($"v3/models/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task A_zip_and_a_manifest_are_submitted_and_mistakes_told_at_their_place()
    {
        const string Wrong = "model_definition:\n  name: dropped\n  framwork:\n    name: python\n";
        await using var tab = await Open("submit");
        await tab.Page.GetByLabel("Model (zip)").SetInputFilesAsync(yard.Model.File("m.zip", yard.Model.Zip()));
        await tab.Page.GetByLabel("Manifest (YAML or JSON)").SetInputFilesAsync(yard.Model.File("m.yaml", Wrong));
        await Expect(tab.Page.Locator("textarea")).ToHaveValueAsync(Wrong);
        await Submit();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "line 3, column 3" }).ClickAsync();
        await Expect(tab.Page.Locator("textarea")).ToBeFocusedAsync();
        var chosen = await tab.Page.EvaluateAsync<string>(
            "() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd) }"
        );
        Assert.Equal("framwork:", chosen);

        await tab.Page.Locator("textarea").FillAsync(Yard.Manifest("dropped", "echo it ran"));
        await Submit();
        await Expect(tab.Heading).ToHaveTextAsync("dropped");
        await Expect(tab.Page.Locator(".state .badge")).ToHaveTextAsync("completed");
        tab.AssertQuiet();

        Task Submit() => tab.Page.Locator("button.main").ClickAsync();
    }

    [RequiresChromiumFact]
    public async Task A_run_is_repeated_with_its_code_and_manifest_and_its_model_stored()
    {
        await using var tab = await Open($"runs/{yard.Completed}");
        await tab.Page.GetByText("Store the model").ClickAsync();
        await Expect(tab.Page.GetByText("Stored as")).ToBeVisibleAsync();
        await tab.Go("models");
        await Expect(tab.Page.GetByRole(AriaRole.Table)).ToContainTextAsync("python-3");

        await tab.Go($"runs/{yard.Completed}");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Repeat" }).ClickAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Submit a run");
        await tab.Page.Locator("button.main").ClickAsync();
        await Expect(tab.Heading).ToHaveTextAsync("baseline");
        await Expect(tab.Page.Locator(".state .badge")).ToHaveTextAsync("completed");
        Assert.DoesNotContain(yard.Completed, tab.Page.Url);
        tab.AssertQuiet();
    }

    private const string LiveProgram = """
        import os, socket, sys

        with open(os.path.join(os.environ["LOG_DIR"], "evaluation-metrics.txt"), "w", buffering=1) as metrics:
            for step in (1, 2, 3):
                print(f"line {step}\n::progress {step}/4", flush=True)
                metrics.write('{"etimes":{"step":%d},"values":{"loss":%s}}\n' % (step, 1 / step))
                if step < 3:
                    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as gate:
                        gate.sendall(b"live\n")
                        gate.recv(1)
        """;

    private async Task<Tab> Open(string view)
    {
        var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);
        await tab.Go(view);
        return tab;
    }

    // As somebody without a mouse gets there; where it cannot be reached so, the test fails.
    private static async Task TabTo(Tab tab, string text)
    {
        await Expect(tab.Page.GetByText(text, new() { Exact = true }).Last).ToBeVisibleAsync();
        for (var press = 0; press < 80; press++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            if (await tab.Page.EvaluateAsync<string>("() => document.activeElement.textContent") == text)
            {
                return;
            }
        }
        Assert.Fail($"“{text}” cannot be reached with the Tab key.");
    }
}
