using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.Agent.Tests.Containers;

/// <summary>Images stay on the node, as many as it has room for.</summary>
public sealed class ImageCacheTests(ContainerWorld world) : IClassFixture<ContainerWorld>
{
    [ContainerFact]
    public async Task An_image_comes_once_also_for_the_next_agent_and_stays_usable_without_its_registry()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var registry = await TestRegistry.StartAsync();
        await world.PushAsync(registry, "tests/once:1", "once");
        var image = new NodeImage { Name = $"{registry.Address}/tests/once:1" };
        var agent = world.StartAgent(harness);

        await harness.RunAsync("true", d => d.Image = image);
        var after = LayersRead(registry);
        await harness.RunAsync("true", d => d.Image = image);
        agent.Signal("TERM");
        await agent.WaitForExit(AgentHarness.Soon);
        world.StartAgent(harness);
        await harness.RunAsync("true", d => d.Image = image);
        Assert.Equal(1, after);
        Assert.Equal(1, LayersRead(registry));

        await registry.StopAsync();
        var (run, report) = await harness.RunAsync("cat /etc/note", d => d.Image = image);

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText + report.Message);
        Assert.Contains("The registry does not answer", run.LogText);
        Assert.Contains("\nonce", run.LogText);
    }

    [ContainerFact]
    public async Task The_image_that_was_longest_unused_makes_room_and_one_of_the_operator_s_stays()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await world.PushAsync(world.Registry, "tests/first:1", "first");
        await world.PushAsync(world.Registry, "tests/second:1", "second");
        await world.Engine.ImportAsync("localhost/operator:1", "of the operator", "sh", "cat");
        var (first, second) = ($"{world.Registry.Address}/tests/first:1", $"{world.Registry.Address}/tests/second:1");
        // Room for one of them.
        world.StartAgent(harness, ("Agent__MaxImageBytes", "3000000"));

        await harness.RunAsync("true", d => d.Image = new NodeImage { Name = "localhost/operator:1" });
        await harness.RunAsync("true", d => d.Image = new NodeImage { Name = first });
        Assert.Contains(first, await ImagesAsync());
        await harness.RunAsync("true", d => d.Image = new NodeImage { Name = second });

        var images = await ImagesAsync();
        Assert.DoesNotContain(first, images);
        Assert.Contains(second, images);
        Assert.Contains("localhost/operator:1", images);
    }

    private Task<string> ImagesAsync() => world.Engine.RunAsync("images", "--format", "{{.Repository}}:{{.Tag}}");

    // The system's layer; the settings, which are a blob too, are read again by some engines.
    private static int LayersRead(TestRegistry registry) =>
        registry
            .Log.Where(l => l.Contains("\"GET /v2/tests/once/blobs/") && l.Contains(" 200 "))
            .Select(l => l.Split("/blobs/")[1].Split(' '))
            .Count(parts => long.TryParse(parts[3], out var bytes) && bytes > 100_000);
}
