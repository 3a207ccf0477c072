using System.Net.Http.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.EndToEnd.Harness;
using Trainyard.Manifests;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

public sealed class ExamplesTests
{
    private static readonly TimeSpan DemoEndsWithin = TimeSpan.FromMinutes(4);

    public static TheoryData<string> Manifests =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(Programs.Repository, "examples"),
                    "train.yaml",
                    SearchOption.AllDirectories
                )
                .Select(path => Path.GetRelativePath(Programs.Repository, path)),
        ];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_manifest_of_the_examples_is_without_fault(string manifest)
    {
        var parsed = ManifestParser.Parse(File.ReadAllBytes(Path.Combine(Programs.Repository, manifest)));
        Assert.Empty(parsed.Errors);
        Assert.Empty(parsed.Warnings);
    }

    /// <summary>
    /// On a machine with PyTorch it is trained from start to end. Elsewhere the service must refuse it by name, before anything is
    /// started: the example's page says so.
    /// </summary>
    [Fact]
    public async Task The_PyTorch_example_is_trained_or_refused_for_want_of_PyTorch()
    {
        await using var service = await Service.Start();
        var data = service.Bucket("digits-data");
        service.Bucket("digits-results");
        File.Copy(Path.Combine(Programs.Digits, "data", "digits.csv.gz"), Path.Combine(data, "digits.csv.gz"));
        var hasPyTorch = await HasPyTorch(service);
        var example = Path.Combine(Programs.Repository, "examples", "pytorch");

        var (model, manifest) = (Path.Combine(example, "model"), Path.Combine(example, "train.yaml"));

        if (!hasPyTorch)
        {
            var refused = await service.Bx.Run("ml", "train", model, manifest);
            Assert.True(refused.ExitCode == 5, refused.ToString());
            Assert.Contains(refused.Error, line => line.Contains("pytorch 1.13") && line.Contains("Install"));
            return;
        }
        var run = await service.WaitForEnd(await service.Bx.Train(model, manifest));
        Assert.Equal("COMPLETED", run.Entity.Status.Phase);
        Assert.Equal((15, 100), (run.Entity.Status.Progress?.Step, run.Entity.Status.Progress?.Percent));
        var metrics = run.Entity.Status.Metrics!;
        Assert.Equal(30, metrics.Count);
        Assert.InRange(metrics.Last(m => m.Phase == "test").Values.Single().Value, 0.95, 1);
        Assert.True(run.Entity.Status.Usage!.Peaks?.MemoryBytes > 0, "The node measured no memory.");
    }

    private static async Task<bool> HasPyTorch(Service service)
    {
        using var client = service.Client();
        var node = await Eventually.Get(
            "the node has said all that it provides",
            async () =>
            {
                var nodes = await client.GetFromJsonAsync<NodeListResource>(
                    new Uri("v3/nodes", UriKind.Relative),
                    WireJson.Options
                );
                return nodes!.Resources.SingleOrDefault(one => one.Provides is { AreComplete: true });
            },
            TimeSpan.FromSeconds(60)
        );
        return node.Provides!.Pythons!.Any(python => python.Packages.ContainsKey("torch"));
    }

    [Fact]
    public async Task The_demo_starts_the_service_trains_on_real_digits_and_shows_the_results()
    {
        using var folder = new TemporaryFolder();
        var family = new ProcessFamily();
        var address = $"http://127.0.0.1:{FreePort.Find()}";
        var environment = new Dictionary<string, string?>
        {
            ["TRAINYARD_HOME"] = folder.Folder("home"),
            ["ML_ENV"] = address,
            // What these tests run is built already.
            ["CONFIGURATION"] = "Debug",
            ["ML_USERNAME"] = null,
            ["ML_PASSWORD"] = null,
            [ProcessFamily.Variable] = family.Mark,
        };
        try
        {
            await using var demo = ChildProcess.Start(Path.Combine(Programs.Digits, "demo"), [], environment);
            demo.CloseInput();
            var code = await demo.WaitForExit(DemoEndsWithin);

            Assert.True(code == 0, demo.Output);
            Assert.Contains(demo.Lines, line => line.EndsWith("/model/digits.json"));
            Assert.Contains(demo.Lines, line => line.EndsWith("/learner-1/training-log.txt"));
            using var http = new HttpClient();
            Assert.True(
                (await http.GetAsync(new Uri(address + "/health"))).IsSuccessStatusCode,
                "The service is gone."
            );
        }
        finally
        {
            family.Kill();
        }
    }
}
