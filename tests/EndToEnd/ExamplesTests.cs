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
