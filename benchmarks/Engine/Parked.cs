using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Trainyard.Benchmarks.Engine;

internal static class Parked
{
    private const int Count = 20_000;

    public static async Task RunAsync()
    {
        var folder = BenchmarkHost.NewFolder();
        await using (var host = await BenchmarkHost.StartAsync(folder))
        {
            await Chains.RunManyAsync(host.Client, 2000);
            var before = Memory();
            await StartAsync(host.Client);
            Report.Line("memory per instance", (Memory() - before) / (double)Count, "bytes", "≤ 2,048");
            await WakeAsync(host.Client, 0, 1000);
        }

        var watch = Stopwatch.StartNew();
        await using var restarted = await BenchmarkHost.StartAsync(folder);
        var id = await restarted.Client.ScheduleNewOrchestrationInstanceAsync("Chain");
        await restarted.Client.WaitForInstanceCompletionAsync(id);
        Report.Line("restart, until a first chain has run", watch.Elapsed.TotalSeconds, "s", "≤ 1 s");
        await WakeAsync(restarted.Client, 1000, 2000);
    }

    private static async Task StartAsync(DurableTaskClient client)
    {
        await Parallel.ForAsync(
            0,
            Count,
            new ParallelOptions { MaxDegreeOfParallelism = 300 },
            async (i, cancellation) =>
            {
                var options = new StartOrchestrationOptions($"parked-{i}");
                await client.ScheduleNewOrchestrationInstanceAsync("Wait", null, options, cancellation);
                await client.WaitForInstanceStartAsync($"parked-{i}", cancellation);
            }
        );
    }

    private static async Task WakeAsync(DurableTaskClient client, int from, int to)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(
            from,
            to,
            new ParallelOptions { MaxDegreeOfParallelism = 300 },
            async (i, cancellation) =>
            {
                await client.RaiseEventAsync($"parked-{i}", "Go", "now", cancellation);
                await client.WaitForInstanceCompletionAsync($"parked-{i}", cancellation);
            }
        );
        Report.Line($"to wake {to - from:N0} of them and see them end", watch.Elapsed.TotalSeconds, "s");
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
