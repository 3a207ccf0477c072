using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.Agent.Tests.Containers;

/// <summary>What is wrong with an image is said in the registry's words, and ends the attempt at once.</summary>
public sealed class UnavailableImageTests(ContainerWorld world) : IClassFixture<ContainerWorld>
{
    [ContainerFact]
    public async Task An_image_that_is_not_there_is_not_the_node_s_fault()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);
        var nobody = $"127.0.0.1:{FreePort.Find()}";
        var address = world.Registry.Address;

        foreach (
            var (image, words) in new[]
            {
                ($"{address}/tests/none:1", "manifest unknown"),
                ($"{address}/tests/small:none", "manifest unknown"),
                ($"{address}/tests/small@sha256:{new string('0', 64)}", "manifest unknown"),
                ($"{nobody}/tests/small:1", "connection refused"),
                ("nowhere.invalid/small", "nowhere.invalid"),
                ("localhost/never-made:1", "is not on this node"),
            }
        )
        {
            var (run, report) = await harness.RunAsync("true", d => d.Image = new NodeImage { Name = image });

            Assert.Equal(AttemptOutcome.ImageFailed, report.Outcome);
            Assert.Null(report.ExitCode);
            Assert.Contains($"'{image}'", report.Message);
            Assert.Contains(words, report.Message);
            Assert.Contains(report.Message, run.LogText);
        }
    }

    [ContainerFact]
    public async Task An_image_without_a_shell_or_for_another_processor_is_the_user_s()
    {
        await using var harness = await AgentHarness.OpenAsync();
        world.StartAgent(harness);
        await world.Engine.ImportAsync("localhost/bare:1", "");
        await world.Engine.ImportAsync("localhost/foreign:1", "", "sh");
        await world.Engine.RunAsync("build", "--quiet", "--arch", "s390x", "--tag", "localhost/foreign:2", Recipe());

        var (_, bare) = await harness.RunAsync("true", d => d.Image = new NodeImage { Name = "localhost/bare:1" });
        var (_, foreign) = await harness.RunAsync(
            "true",
            d => d.Image = new NodeImage { Name = "localhost/foreign:2" }
        );

        Assert.Equal(AttemptOutcome.ImageFailed, bare.Outcome);
        Assert.Contains("no /bin/sh", bare.Message);
        Assert.Equal(AttemptOutcome.ImageFailed, foreign.Outcome);
        Assert.Contains("is for linux/s390x; this node is linux/", foreign.Message);
    }

    [ContainerFact]
    public async Task A_registry_that_asks_for_a_login_takes_the_run_s_own_and_no_other()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var registry = await TestRegistry.StartAsync(asksForLogin: true);
        await world.PushAsync(
            registry,
            "team/secret:1",
            "hidden",
            "--creds",
            $"{TestRegistry.User}:{TestRegistry.Password}"
        );
        world.StartAgent(harness);
        var image = new NodeImage { Name = $"{registry.Address}/team/secret:1" };

        var (_, anonymous) = await harness.RunAsync("cat /etc/note", d => d.Image = image);
        var (known, good) = await harness.RunAsync("cat /etc/note", d => d.Image = Login(image, TestRegistry.Password));
        var (_, wrong) = await harness.RunAsync("cat /etc/note", d => d.Image = Login(image, "wrong"));
        var (_, later) = await harness.RunAsync("cat /etc/note", d => d.Image = image);

        Assert.True(good.Outcome == AttemptOutcome.Succeeded, known.LogText + good.Message);
        Assert.Contains("hidden", known.LogText);
        // Neither before nor after somebody else brought it.
        foreach (var refused in new[] { anonymous, wrong, later })
        {
            Assert.Equal(AttemptOutcome.ImageFailed, refused.Outcome);
            Assert.Contains("`framework.secret`", refused.Message);
        }
        Assert.DoesNotContain(TestRegistry.Password, known.LogText + harness.AgentOutput);
        Assert.Empty(Directory.GetDirectories(harness.Work, "registry-login", SearchOption.AllDirectories));
    }

    [ContainerFact]
    public async Task A_registry_that_gives_nothing_is_left_at_the_bound_or_when_the_owner_cancels()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var silent = await SilentServer.StartAsync();
        world.StartAgent(harness, ("Agent__ImagePullTimeout", "00:00:03"));
        var image = new NodeImage { Name = $"{silent.Address}/tests/small:1" };

        var canceled = harness.Submit("true", d => d.Image = image);
        await Eventually.Be("asked", () => silent.Requests > 0, AgentHarness.Soon, () => canceled.LogText);
        canceled.CancelRequested = true;
        var (_, slow) = await harness.RunAsync("true", d => d.Image = image);

        Assert.Equal(AttemptOutcome.Canceled, (await harness.CompletionAsync(canceled)).Outcome);
        Assert.Equal(AttemptOutcome.ImageFailed, slow.Outcome);
        Assert.Contains("was not there after 00:00:03", slow.Message);
    }

    [ContainerOnSmallDiskFact]
    public async Task A_full_disk_is_the_node_s_and_said_so()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var folder = new TemporaryFolder();
        using var disk = SmallDisk.Mount(folder.Folder("images"), megabytes: 20);
        await using var engine = new TestEngine(disk.Folder);
        var agent = harness.StartAgent("none", ContainerWorld.SettingsOf(engine));
        await agent.WaitForLine(l => l.Contains("Containers: podman"), AgentHarness.Soon);
        var filler = disk.Fill(bytesLeft: 500_000);
        var image = new NodeImage { Name = world.Image };

        var (run, full) = await harness.RunAsync("true", d => d.Image = image);
        File.Delete(filler);
        var (_, roomy) = await harness.RunAsync("true", d => d.Image = image);

        Assert.True(full.Outcome == AttemptOutcome.NoRoom, run.LogText + full.Message);
        Assert.Contains("no room for the image", full.Message);
        Assert.Equal(AttemptOutcome.Succeeded, roomy.Outcome);
    }

    private static NodeImage Login(NodeImage image, string password) =>
        image with
        {
            UserName = TestRegistry.User,
            Password = password,
        };

    private static string Recipe()
    {
        var folder = Directory.CreateTempSubdirectory("trainyard-").FullName;
        File.WriteAllText(Path.Combine(folder, "Containerfile"), "FROM scratch\nCOPY Containerfile /\n");
        return folder;
    }

    /// <summary>Takes requests and never answers.</summary>
    private sealed class SilentServer(WebApplication app) : IAsyncDisposable
    {
        private int _requests;

        public int Requests => Volatile.Read(ref _requests);

        public string Address => new Uri(app.Urls.First()).Authority;

        public static async Task<SilentServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = new SilentServer(builder.Build());
            await server.RunAsync();
            return server;
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();

        private Task RunAsync()
        {
            app.Run(async context =>
            {
                Interlocked.Increment(ref _requests);
                var forever = Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                await forever.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
            return app.StartAsync();
        }
    }
}
