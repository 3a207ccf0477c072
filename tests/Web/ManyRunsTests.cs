using System.Globalization;
using System.Text.Json;
using System.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>A list of 200,000 runs, whose pages are made up between the browser and the service.</summary>
[Collection(YardCollection.Name)]
public sealed class ManyRunsTests(Yard yard)
{
    private const int Runs = 200_000;
    private int _asked;

    [RequiresChromiumFact]
    public async Task The_document_holds_one_page_however_many_runs_there_are()
    {
        await using var tab = await Open();
        var rows = tab.Page.Locator("table.runs tbody tr");
        await Expect(rows).ToHaveCountAsync(50);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Older", Exact = true }).ClickAsync();
        await Expect(tab.Page.GetByText("Page 2")).ToBeVisibleAsync();
        await Expect(rows.First).ToContainTextAsync("run 50 ");
        await Expect(rows).ToHaveCountAsync(50);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Newer" }).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("run 0 ");
        Assert.True(await tab.Page.EvaluateAsync<int>("() => document.querySelectorAll('*').length") < 2000);
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task A_search_goes_through_older_runs_and_stops_after_a_while()
    {
        await using var tab = await Open();
        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync("run 4321 ");
        _asked = 0;
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator(".foot .hint").Last)
            .ToHaveTextAsync("1 found among 5000 runs; there are older ones.");
        Assert.Equal(5, _asked);
        await tab.Page.GetByText("Search older runs").ClickAsync();
        await Expect(tab.Page.Locator(".foot .hint").Last)
            .ToHaveTextAsync("1 found among 10000 runs; there are older ones.");
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task States_are_filtered_by_the_service()
    {
        await using var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);
        var rows = tab.Page.Locator("table.runs tbody tr");
        var all = (await Listed("v3/models?limit=1000")).Count;
        // Other tests of the yard leave runs too.
        var failed = (await Listed("v3/models?limit=1000&state=error")).Count;
        Assert.InRange(failed, 2, all - 1);

        await tab.Page.GetByLabel("error", new() { Exact = true }).CheckAsync();
        await Expect(rows.Locator(".badge.error")).ToHaveCountAsync(failed);
        await Expect(rows).ToHaveCountAsync(failed);
        await tab.Page.ReloadAsync();
        await Expect(tab.Page.GetByLabel("error", new() { Exact = true })).ToBeCheckedAsync();
        await Expect(rows).ToHaveCountAsync(failed);
        tab.AssertQuiet();
    }

    private async Task<Tab> Open()
    {
        var tab = await yard.Browser.Open(yard.Service.Address);
        var template = await Template();
        await tab.Page.RouteAsync("**/v3/models?*", route => Answer(route, template));
        await tab.SignIn(yard.Key);
        return tab;
    }

    // As a list gives it: a run by itself tells more.
    private async Task<string> Template() =>
        (await Listed("v3/models?limit=1000"))
            .Single(run => run.GetProperty("metadata").GetProperty("guid").GetString() == yard.Completed)
            .GetRawText();

    private async Task<IReadOnlyList<JsonElement>> Listed(string path)
    {
        using var client = yard.Service.Client();
        using var json = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
        return [.. json.RootElement.GetProperty("resources").EnumerateArray().Select(run => run.Clone())];
    }

    private Task Answer(IRoute route, string template)
    {
        Interlocked.Increment(ref _asked);
        var query = HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
        var limit = int.Parse(query["limit"]!, CultureInfo.InvariantCulture);
        var from = int.Parse(query["continuation"] ?? "0", CultureInfo.InvariantCulture);
        var resources = Enumerable.Range(from, limit).Select(number => Run(template, number));
        var next = from + limit < Runs ? $"\"/v3/models?limit={limit}&continuation={from + limit}\"" : "null";
        var body = $$"""{"resources":[{{string.Join(',', resources)}}],"next":{{next}}}""";
        return route.FulfillAsync(new RouteFulfillOptions { Body = body, ContentType = "application/json" });
    }

    private string Run(string template, int number) =>
        template
            .Replace(yard.Completed, $"training-{number:D9}", StringComparison.Ordinal)
            .Replace("\"baseline\"", JsonSerializer.Serialize($"run {number} of many"), StringComparison.Ordinal);
}
