using System.Text.Json;
using Microsoft.Playwright;
using Trainyard.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>Every view of the page: accessible, wide and narrow, in the light and in the dark, and nothing but itself.</summary>
[Collection(YardCollection.Name)]
public sealed class ViewsTests(Yard yard)
{
    [RequiresChromiumTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(375, ColorScheme.Dark)]
    public async Task Every_view_is_accessible_and_fits(int width, ColorScheme scheme)
    {
        await using var tab = await yard.Browser.Open(yard.Service.Address, width, scheme);
        await tab.Page.GotoAsync("/");
        await Check("sign in", "Sign in");
        await tab.SignIn(yard.Key);
        await Expect(tab.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(1 + await Listed());
        await Check("runs", "Training runs");
        foreach (var (view, heading) in Views())
        {
            await tab.Go(view);
            await Check(view, heading);
        }
        tab.AssertQuiet();

        async Task Check(string view, string heading)
        {
            await Expect(tab.Heading).ToHaveTextAsync(heading);
            if (view.StartsWith("runs/", StringComparison.Ordinal))
            {
                await Expect(tab.Page.Locator(".log .line").First).ToBeVisibleAsync();
            }
            Assert.Equal([], (await tab.Violations()).Select(violation => $"{view}: {violation}"));
            Assert.True(await tab.TooWide() <= 0, $"{view} is wider than {width} pixels.");
        }
    }

    [RequiresChromiumFact]
    public async Task A_completed_run_shows_its_phases_curves_log_and_manifest()
    {
        await using var tab = await Open($"runs/{yard.Completed}");

        await Expect(tab.Page.Locator(".timeline li b"))
            .ToHaveTextAsync(["QUEUED", "DOWNLOADING", "PROCESSING", "STORING", "COMPLETED"]);
        await Expect(tab.Page.Locator(Tab.Curves + " figcaption bdi")).ToHaveTextAsync(["loss", "accuracy"]);
        await Expect(tab.Page.Locator(Tab.Curves).First.Locator(".curve")).ToHaveCountAsync(2);
        await Expect(tab.Page.Locator(Tab.Curves).First.Locator(".legend")).ToContainTextAsync("train0.045");
        await Expect(tab.Page.Locator(".log .f2").Last).ToHaveTextAsync("step 59");
        await tab.Page.GetByText("Manifest, without its secrets").ClickAsync();
        await Expect(tab.Page.Locator("pre.manifest")).ToContainTextAsync("command: python3 curves.py");
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task A_failed_run_says_why_and_what_to_try()
    {
        await using var tab = await Open($"runs/{yard.Missing}");

        var failure = tab.Page.Locator(".failure");
        await Expect(failure)
            .ToContainTextAsync("The command ended with an error. Exit 127 (a program was not found).");
        await Expect(failure.Locator("li").First).ToContainTextAsync("Check the program's name");
        await Expect(failure.Locator("pre")).ToContainTextAsync("pyhton3: command not found");
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task An_array_shows_its_runs_and_each_leads_back_to_it()
    {
        var manifest = await File.ReadAllTextAsync(yard.Model.Manifest("exit $CODE", "sweep"));
        var id = await yard.Service.Bx.Train(
            yard.Model.Folder,
            yard.Model.File("sweep.yaml", $"{manifest}\narray: {{CODE: [0, 4]}}\n")
        );
        await yard.Service.WaitForEnd(id);

        await using var tab = await Open($"runs/{id}");

        var rows = tab.Page.Locator("table.runs tbody tr");
        await Expect(rows).ToContainTextAsync(["CODE=0", "CODE=4"]);
        await Expect(rows.First).ToContainTextAsync("completed");
        await Expect(rows.Last).ToContainTextAsync("command failed: exit 4");
        Assert.Equal(0, await tab.Page.Locator(".log").CountAsync());
        Assert.Equal([], await tab.Violations());
        await rows.Last.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(tab.Page.Locator(".facts")).ToContainTextAsync("number 1 of 2: CODE=4");
        await tab.Page.Locator(".facts").GetByRole(AriaRole.Link, new() { Name = id }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task What_a_run_says_is_never_taken_for_markup()
    {
        await using var tab = await Open($"runs/{yard.Failed}");

        // Turned writing is shown as a character that stands for it.
        await Expect(tab.Heading).ToHaveTextAsync("<img src=x onerror=\"window.hit=1\">\ufffdgnp.exe");
        await Expect(tab.Page.Locator(Tab.Curves + " figcaption bdi")).ToHaveTextAsync("<b>loss</b>");
        await Expect(tab.Page.Locator(".log")).ToContainTextAsync("<script>window.hit=1</script>");
        await Expect(tab.Page.Locator(".log")).ToContainTextAsync("red on red after cleared");
        await Expect(tab.Page.Locator(".log"))
            .ToContainTextAsync("\ufffdturned\ufffd \ufffdisolated\ufffd nul\ufffdend");
        await Expect(tab.Page.Locator(".log .line").Filter(new() { HasText = "100%" }).Locator("bdi"))
            .ToHaveTextAsync("100%");
        await Expect(tab.Page.Locator(".log"))
            .ToContainTextAsync("A line of the metrics file is left out: it is no JSON object: oops.");
        Assert.Equal(0, await tab.Page.Locator("main img, main script, main b:has-text('loss')").CountAsync());
        Assert.False(await tab.Page.EvaluateAsync<bool>("() => 'hit' in window"));
        await tab.Go("runs");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "<img src=x" })).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task Runs_are_compared_zoomed_and_saved_as_csv()
    {
        await using var tab = await Open("runs");
        await tab.Page.GetByLabel($"Compare baseline, {yard.Completed}").CheckAsync();
        await tab.Page.Locator($"[data-run='choose {yard.Failed}']").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Compare 2" }).ClickAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Compare runs");
        await Expect(tab.Page.Locator("figure")).ToHaveCountAsync(3);

        var loss = tab
            .Page.Locator("figure")
            .Filter(new() { Has = tab.Page.GetByText("loss", new() { Exact = true }) });
        var ticks = loss.Locator(".axes .x");
        await Expect(ticks.First).ToHaveTextAsync("0");
        await loss.Locator(".chart").FocusAsync();
        await tab.Page.Keyboard.PressAsync("+");
        await Expect(ticks.First).Not.ToHaveTextAsync("0");
        await tab.Page.Keyboard.PressAsync("0");
        await Expect(ticks.First).ToHaveTextAsync("0");

        var saved = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByText("Save as CSV").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await saved.PathAsync());
        Assert.Equal("run,metric,group,step,time,value", lines[0]);
        Assert.Contains($"{yard.Completed},loss,train,0,2023-11-14T22:13:20.000Z,2.3", lines);
        // A spreadsheet would take it for a formula.
        Assert.Contains($"{yard.Failed},<b>loss</b>,'=1+1,3,,0.5", lines);
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task The_pool_shows_its_nodes_and_who_waits_for_what()
    {
        using var gate = new Gate();
        var held = new List<string>();
        for (var slot = 0; slot < Yard.Slots; slot++)
        {
            held.Add(await yard.Submit("held", $"python3 gate.py {gate.Port} held"));
        }
        var waiting = await yard.Submit("the one that waits", "true");
        await yard.Service.WaitForRun(waiting, run => run.Entity.Status.Reason?.Code == "queued", "waits for a slot");
        await using var tab = await Open("pool");

        var queue = tab.Page.GetByRole(AriaRole.Table, new() { Name = "Waiting runs" });
        await Expect(queue).ToContainTextAsync("the one that waits");
        await Expect(queue).ToContainTextAsync("queued: 0 ahead, needs 1 CPU slot, 0 free");
        await Expect(tab.Page.GetByText($"0 of {Yard.Slots} free")).ToBeVisibleAsync();
        await yard.Cancel([waiting, .. held]);
        await Expect(tab.Page.GetByText("Nobody waits.")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    private (string View, string Heading)[] Views() =>
        [
            ($"runs/{yard.Completed}", "baseline"),
            ($"runs/{yard.Missing}", "typo"),
            ($"compare/{yard.Completed},{yard.Failed}", "Compare runs"),
            ("submit", "Submit a run"),
            ("models", "Stored models"),
            ("pool", "Pool"),
        ];

    private async Task<int> Listed()
    {
        using var client = yard.Service.Client();
        var page = await client.GetStringAsync(new Uri("v3/models?limit=50", UriKind.Relative));
        using var list = JsonDocument.Parse(page);
        return list.RootElement.GetProperty("resources").GetArrayLength();
    }

    private async Task<Tab> Open(string view)
    {
        var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);
        await tab.Go(view);
        return tab;
    }
}
