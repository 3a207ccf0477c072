using System.Text.Json;
using Trainyard.Agent.Sampling;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>What a node measures of a run: processor, memory, disk, network, GPUs.</summary>
public sealed class MachineNumberTests
{
    private const string Gpu = "GPU-aaaaaaaa-0000-0000-0000-000000000001";
    private const string OtherGpu = "GPU-bbbbbbbb-0000-0000-0000-000000000002";

    [Fact]
    public async Task A_run_s_use_of_the_node_and_of_its_GPU_is_sampled_and_its_peaks_are_kept()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var programs = harness.WriteProgram(
            "nvidia-smi",
            $$"""
            case $1 in
            -L) echo 'GPU 0: Tesla V100 (UUID: {{Gpu}})';;
            --query-gpu=uuid,utilization*) echo '{{OtherGpu}}, 99, 9, 9, 9, 9'; echo '{{Gpu}}, 87, 1024, 250.5, 61, 0';;
            *) echo '{{Gpu}}, 16384, 550.1';;
            esac
            """
        );
        harness.StartAgent("none", ("PATH", $"{programs}:{Environment.GetEnvironmentVariable("PATH")}"));

        var run = harness.Submit("while [ ! -e $RESULT_DIR/go ]; do :; done");
        await Eventually.Be("a sample came", () => run.SystemText.Length > 0, AgentHarness.Soon);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        var report = await harness.CompletionAsync(run);

        var first = JsonDocument.Parse(run.SystemText.Split('\n')[0]).RootElement;
        var values = first.GetProperty("values");
        Assert.Equal("system", first.GetProperty("grouplabel").GetString());
        Assert.InRange(Number(values, "cpu_percent"), 1, 100.0 * Environment.ProcessorCount);
        Assert.InRange(Number(values, "memory_bytes"), 100_000, 1e9);
        Assert.InRange(Number(values, "processes"), 1, 10);
        Assert.Equal(
            [87, 1L << 30, 250.5, 61, 0],
            new[] { "percent", "memory_bytes", "watts", "celsius", "errors" }.Select(n => Number(values, $"gpu0_{n}"))
        );
        Assert.DoesNotContain(
            values.EnumerateObject(),
            value => value.Name.StartsWith("gpu1", StringComparison.Ordinal)
        );
        var peaks = report.Peaks!;
        Assert.Equal(
            (87, 1L << 30, 250.5, 61, 0L),
            (peaks.GpuPercent, peaks.GpuMemoryBytes, peaks.GpuWatts, peaks.GpuCelsius, peaks.GpuErrors)
        );
        Assert.True(peaks.CpuPercent > 0 && peaks.MemoryBytes > 0);
        Assert.Empty(run.MetricsText);
        Assert.DoesNotContain(run.Staged.Keys, path => path.Contains("metrics", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_GPU_does_not_have_is_not_told()
    {
        var readings = GpuReading.ParseAll($"{Gpu}, [N/A], 512, [Not Supported], 40, [N/A]\nNo devices were found\n");

        var reading = Assert.Single(readings);
        Assert.Equal(
            new GpuReading
            {
                Uuid = Gpu,
                MemoryBytes = 512L << 20,
                Celsius = 40,
            },
            reading
        );
    }

    [Fact]
    public void The_network_of_a_process_is_all_of_it_but_its_own_loop()
    {
        var counters = NetworkCounters.Parse(
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
              eth0: 100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0
              ib0:1000 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
            """.Split('\n')
        );

        Assert.Equal(new NetworkCounters(1100, 220), counters);
    }

    [Fact]
    public void A_peak_is_the_greater_of_each_and_what_was_never_seen_stays_unknown()
    {
        var one = new MachinePeaks { CpuPercent = 50, MemoryBytes = 7 };
        var other = new MachinePeaks
        {
            CpuPercent = 40,
            MemoryBytes = 9,
            GpuCelsius = 60,
        };

        Assert.Equal(
            new MachinePeaks
            {
                CpuPercent = 50,
                MemoryBytes = 9,
                GpuCelsius = 60,
            },
            one.Max(other)
        );
    }

    private static double Number(JsonElement values, string name) =>
        double.Parse(
            values.GetProperty(name).GetProperty("value").GetString()!,
            System.Globalization.CultureInfo.InvariantCulture
        );
}
