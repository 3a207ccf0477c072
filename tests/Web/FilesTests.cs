using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>A run's files in the bucket: listed as they are called, and saved by a click.</summary>
[Collection(YardCollection.Name)]
public sealed class FilesTests(Yard yard)
{
    private const string Files = "[aria-labelledby=section-files-in-the-bucket]";

    [RequiresChromiumFact]
    public async Task The_files_of_a_run_are_listed_and_saved()
    {
        await using var tab = await Open(yard.Completed);
        var rows = tab.Page.Locator(Files + " tbody tr");
        await Expect(rows.Locator("th bdi"))
            .ToHaveTextAsync([
                "_submitted_code/model.zip",
                "learner-1/evaluation-metrics.txt",
                "model/weights",
                "learner-1/training-log.txt",
                "_manifest.json",
            ]);

        var saved = await Save(tab, "model/weights");

        Assert.Equal("weights", saved.SuggestedFilename);
        Assert.Equal("weights", await File.ReadAllTextAsync(await saved.PathAsync()));
        tab.AssertQuiet();
    }

    [RequiresChromiumFact]
    public async Task Hostile_names_stay_text_and_are_saved_under_plain_ones()
    {
        await using var tab = await Open(yard.Failed);
        var names = tab.Page.Locator(Files + " tbody th bdi");
        await Expect(names.Filter(new() { HasText = "onerror" }))
            .ToHaveTextAsync("\"><img src=x onerror=\"window.hit=1\">.png");
        await Expect(names.Filter(new() { HasText = "gnp.exe" })).ToHaveTextAsync("\ufffdgnp.exe");
        Assert.Equal(0, await tab.Page.Locator("main img").CountAsync());

        var picture = await Save(tab, "\"><img src=x onerror=\"window.hit=1\">.png");
        Assert.Equal("___img src=x onerror=_window.hit=1__.png", picture.SuggestedFilename);
        Assert.Equal(
            "\"><img src=x onerror=\"window.hit=1\">.png",
            await File.ReadAllTextAsync(await picture.PathAsync())
        );
        var split = await Save(tab, "a;b='c'%0d%0aX-Hit: 1.txt");
        Assert.Equal("a_b='c'_0d_0aX-Hit_ 1.txt", split.SuggestedFilename);
        var plain = await Save(tab, "…😀.bin");
        Assert.Equal("…😀.bin", plain.SuggestedFilename);
        Assert.False(await tab.Page.EvaluateAsync<bool>("() => 'hit' in window"));
        tab.AssertQuiet();
    }

    private static Task<IDownload> Save(Tab tab, string path) =>
        tab.Page.RunAndWaitForDownloadAsync(() =>
            tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Save {path}", Exact = true }).ClickAsync()
        );

    private async Task<Tab> Open(string id)
    {
        var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);
        await tab.Go($"runs/{id}");
        return tab;
    }
}
