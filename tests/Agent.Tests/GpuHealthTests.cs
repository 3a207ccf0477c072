using Trainyard.Agent.Gpus;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Machines without GPUs, with ill ones, and with a part of them for the agent.</summary>
public sealed class GpuHealthTests
{
    private const string TwoGpus = "echo 'GPU 0: NVIDIA (UUID: GPU-a)'; echo 'GPU 1: NVIDIA (UUID: GPU-b)'";

    [Theory]
    [InlineData(
        "echo 'Failed to initialize NVML: Driver/library version mismatch' >&2; exit 9",
        "ended with 9: Failed to initialize NVML"
    )]
    [InlineData("echo 'No devices were found'", "the driver lists no GPU")]
    public async Task A_driver_that_is_ill_takes_no_run_says_why_and_comes_back(string script, string why)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var driver = harness.WriteProgram("nvidia-smi", script);
        var agent = harness.StartAgent("none", PathWith(driver));
        await agent.WaitForLine(l => l.Contains("The GPUs are out of order") && l.Contains(why), AgentHarness.Soon);
        var run = harness.Submit("echo gpus $CUDA_VISIBLE_DEVICES");
        var offer = await OfferAsync(harness);

        Assert.Equal((0, 0, 0), (offer.Gpus, offer.Slots, offer.FreeSlots));
        Assert.Contains(why, offer.Problem);
        Assert.False(run.Completed.IsCompleted);

        harness.WriteProgram("nvidia-smi", TwoGpus);
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("\ngpus 0\n", run.LogText);
        Assert.Contains("The GPUs are well again.", agent.Output);
    }

    [Fact]
    public async Task A_driver_that_hangs_is_given_up_and_asked_again()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var pid = Path.Combine(harness.Home, "pid");
        var driver = harness.WriteProgram("nvidia-smi", $"echo $$ >{pid}; exec sleep 600");
        var probe = new GpuProbe(null, TimeSpan.FromSeconds(2), Path.Combine(driver, "nvidia-smi"));

        var first = await probe.ListAsync(CancellationToken.None);
        Assert.Equal(GpuState.Broken, first.State);
        Assert.EndsWith("/nvidia-smi did not answer within 2 seconds", first.Why);
        var asked = int.Parse(await File.ReadAllTextAsync(pid));
        await Eventually.Be("it is ended", () => ProcessEntry.Read(asked) is null, AgentHarness.Soon);

        harness.WriteProgram("nvidia-smi", TwoGpus);
        GpuListing? next = null;
        await Eventually.Be(
            "it is asked again",
            async () => (next = await probe.ListAsync(CancellationToken.None)).State is GpuState.Found,
            AgentHarness.Soon
        );
        Assert.Equal([(0, "GPU-a"), (1, "GPU-b")], next!.Gpus.Select(gpu => (gpu.Index, gpu.Uuid)));
    }

    [Fact]
    public async Task A_run_that_asked_for_GPUs_is_told_that_the_node_has_none()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();

        var (run, report) = await harness.RunAsync("echo gpus=$CUDA_VISIBLE_DEVICES.");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("The run asked for 1 GPU; this node has none: it runs on the CPU.\n", run.LogText);
        Assert.Contains("\ngpus=.\n", run.LogText);
        Assert.Contains("No GPUs: nvidia-smi is not installed. This node offers CPU slots.", agent.Output);
        Assert.Null((await OfferAsync(harness)).Problem);
    }

    [Fact]
    public async Task An_agent_started_with_a_part_of_the_GPUs_offers_only_those()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var driver = harness.WriteProgram(
            "nvidia-smi",
            "for i in 0 1 2 3 4 5 6 7; do echo \"GPU $i: NVIDIA (UUID: GPU-$i)\"; done"
        );
        harness.StartAgent("none", PathWith(driver), ("CUDA_VISIBLE_DEVICES", "2,3"));

        var (run, _) = await harness.RunAsync("echo gpus $CUDA_VISIBLE_DEVICES", d => d.Slots = 2);

        var offer = await OfferAsync(harness);
        Assert.Equal((2, 2), (offer.Gpus, offer.Slots));
        Assert.Contains("\ngpus 2,3\n", run.LogText);
    }

    [Fact]
    public async Task An_agent_started_with_none_of_the_GPUs_offers_CPU_slots_and_hides_them()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("none", PathWith(harness.WriteProgram("nvidia-smi", TwoGpus)), ("CUDA_VISIBLE_DEVICES", ""));

        var (run, _) = await harness.RunAsync("echo gpus=$CUDA_VISIBLE_DEVICES.");

        var offer = await OfferAsync(harness);
        Assert.Equal((0, 2), (offer.Gpus, offer.Slots));
        Assert.Contains("\ngpus=.\n", run.LogText);
    }

    [SandboxFact]
    public async Task In_the_sandbox_GPUs_are_named_by_their_UUIDs()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(
            "bubblewrap",
            PathWith(harness.WriteProgram("nvidia-smi", TwoGpus)),
            ("CUDA_VISIBLE_DEVICES", "1")
        );

        var (run, _) = await harness.RunAsync("echo gpus $CUDA_VISIBLE_DEVICES");

        Assert.Contains("\ngpus GPU-b\n", run.LogText);
    }

    private static (string, string) PathWith(string folder) =>
        ("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}");

    private static async Task<NodeOffer> OfferAsync(AgentHarness harness)
    {
        await Eventually.Be("the agent asks", () => !harness.Service.Questions.IsEmpty, AgentHarness.Soon);
        return harness.Service.Questions.First().Offer;
    }
}
