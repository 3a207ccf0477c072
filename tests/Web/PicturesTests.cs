using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>
/// A picture of a run as docs/page.md has one, of examples/pytorch: with TRAINYARD_PICTURES, a folder, it is taken of a training of
/// 45 s and written there; otherwise of one of two seconds, which shows that it can be taken.
/// </summary>
[Collection(YardCollection.Name)]
public sealed class PicturesTests(Yard yard)
{
    private const string Program = """
        import json, math, os, random, sys, time
        seconds = float(sys.argv[1])
        random.seed(7)
        with open(os.path.join(os.environ["LOG_DIR"], "evaluation-metrics.txt"), "w") as metrics:
            for step in range(1, 201):
                loss = 2.3 * math.exp(-step / 40) + 0.1
                for group, factor in (("train", 1.0), ("test", 1.15)):
                    seen = loss * factor + 0.03 * random.random()
                    record = {"meta": {"time": int(time.time() * 1000)}, "grouplabel": group,
                              "etimes": {"iteration": {"type": 2, "value": str(step)}},
                              "values": {"loss": {"type": 3, "value": str(seen)}, "accuracy": 1 - seen / 2.6}}
                    metrics.write(json.dumps(record) + "\n")
                metrics.flush()
                print(f"::progress {step}/200")
                print(f"\x1b[32mstep {step:3d}\x1b[0m  loss \x1b[1m{loss:.4f}\x1b[0m", flush=True)
                end = time.time() + seconds / 200
                while time.time() < end - seconds / 500:
                    math.sqrt(step)
                time.sleep(max(0, end - time.time()))
        """;

    [RequiresChromiumFact]
    public async Task A_run_with_its_curves_the_machine_s_numbers_and_the_times_of_its_log()
    {
        var folder = Environment.GetEnvironmentVariable("TRAINYARD_PICTURES");
        yard.Model.Add("flowers.py", Program);
        var id = await yard.Submit("resnet-50 on flowers", $"python3 flowers.py {(folder is null ? 2 : 45)}");
        await yard.Service.WaitForEnd(id);
        await using var tab = await yard.Browser.Open(yard.Service.Address);
        await tab.SignIn(yard.Key);
        await tab.Go($"runs/{id}");

        await Expect(tab.Page.Locator(Tab.Curves + " figcaption bdi")).ToHaveTextAsync(["loss", "accuracy"]);
        await Expect(tab.Page.Locator("[aria-labelledby=section-machine] figcaption bdi").First)
            .ToHaveTextAsync("cpu_percent");
        await tab.Page.GetByLabel("Times", new() { Exact = true }).CheckAsync();
        var last = tab.Page.Locator(".log .line", new() { HasText = "step 200" });
        // Printed long before this page came: the time is the line's own, and no part of its text.
        await Expect(last.Locator(".at")).ToHaveTextAsync(new Regex(@"\d+:\d\d:\d\d"));
        await Expect(last.Locator("bdi")).ToHaveTextAsync(new Regex("^step 200  loss "));
        var picture = await tab.Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true });

        Assert.True(picture.Length > 20_000, "The picture is nearly empty.");
        if (folder is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "page-run.png"), picture);
        }
        tab.AssertQuiet();
    }
}
