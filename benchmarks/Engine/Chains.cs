using System.Diagnostics;
using Microsoft.DurableTask.Client;

namespace Trainyard.Benchmarks.Engine;

internal static class Chains
{
    public static async Task AloneAsync()
    {
        await using var host = await BenchmarkHost.StartAsync(BenchmarkHost.NewFolder());
        for (var i = 0; i < 300; i++)
        {
            await RunAsync(host.Client);
        }

        var times = new List<double>();
        for (var i = 0; i < 1000; i++)
        {
            var watch = Stopwatch.StartNew();
            await RunAsync(host.Client);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        Report.Line("from schedule to completion, p50", Report.Percentile(times, 50), "ms", "≤ 8 ms");
        Report.Line("from schedule to completion, p99", Report.Percentile(times, 99), "ms");
    }

    public static async Task ConcurrentAsync()
    {
        await using var host = await BenchmarkHost.StartAsync(BenchmarkHost.NewFolder());
        await RunManyAsync(host.Client, 3000);

        const int Count = 15_000;
        var watch = Stopwatch.StartNew();
        await RunManyAsync(host.Client, Count);
        Report.Line("orchestrations", Count / watch.Elapsed.TotalSeconds, "per second", "≥ 1,500");
    }

    public static async Task RunManyAsync(DurableTaskClient client, int count)
    {
        var next = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 300)
                .Select(async _ =>
                {
                    while (Interlocked.Increment(ref next) <= count)
                    {
                        await RunAsync(client);
                    }
                })
        );
    }

    private static async Task RunAsync(DurableTaskClient client)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Chain");
        var ended = await client.WaitForInstanceCompletionAsync(id);
        if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException($"{id} ended as {ended.RuntimeStatus}.");
        }
    }
}
