using System.Diagnostics;
using Microsoft.DurableTask.Client;

namespace Trainyard.Benchmarks.Engine;

internal static class Listing
{
    private const int Count = 200_000;

    public static async Task RunAsync()
    {
        await using var host = await BenchmarkHost.StartAsync(BenchmarkHost.NewFolder());
        await FillAsync(host.Client);
        var middle = DateTimeOffset.UtcNow;
        await QueryAsync(
            host.Client,
            "a page of 100 by status",
            new() { Statuses = [OrchestrationRuntimeStatus.Completed] }
        );
        await QueryAsync(host.Client, "a page of 100, all statuses", new());
        await QueryAsync(host.Client, "a page of 100 by time", new() { CreatedFrom = middle.AddSeconds(-5) });
        await QueryAsync(host.Client, "a page of 100 by prefix", new() { InstanceIdPrefix = "a" });
        await PurgeAsync(host.Client, middle);
    }

    private static Task FillAsync(DurableTaskClient client) =>
        Parallel.ForAsync(
            0,
            Count,
            new ParallelOptions { MaxDegreeOfParallelism = 300 },
            async (_, cancellation) =>
            {
                var id = await client.ScheduleNewOrchestrationInstanceAsync("Nothing", cancellation);
                await client.WaitForInstanceCompletionAsync(id, cancellation);
            }
        );

    private static async Task QueryAsync(DurableTaskClient client, string what, OrchestrationQuery query)
    {
        var times = new List<double>();
        string? continuation = null;
        for (var i = 0; i < 200; i++)
        {
            var watch = Stopwatch.StartNew();
            await foreach (var page in client.GetAllInstancesAsync(query).AsPages(continuation, 100))
            {
                continuation = page.ContinuationToken;
                break;
            }

            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        Report.Line($"{what}, p50", Report.Percentile(times, 50), "ms", "≤ 10 ms");
        Report.Line($"{what}, p99", Report.Percentile(times, 99), "ms");
    }

    /// <summary>Purges while chains go on, and tells what the chains felt of it.</summary>
    private static async Task PurgeAsync(DurableTaskClient client, DateTimeOffset until)
    {
        using var purged = new CancellationTokenSource();
        var chains = MeasureChainsAsync(client, purged.Token);
        var watch = Stopwatch.StartNew();
        var result = await client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(CreatedTo: until, Statuses: [OrchestrationRuntimeStatus.Completed])
        );
        var seconds = watch.Elapsed.TotalSeconds;
        await purged.CancelAsync();
        var times = await chains;
        Report.Line("instances purged", result.PurgedInstanceCount / seconds, "per second", "≥ 20,000");
        Report.Line("a chain of five meanwhile, p50", Report.Percentile(times, 50), "ms");
        Report.Line("a chain of five meanwhile, slowest", times.Max(), "ms");
    }

    private static async Task<List<double>> MeasureChainsAsync(DurableTaskClient client, CancellationToken until)
    {
        var times = new List<double>();
        while (!until.IsCancellationRequested || times.Count == 0)
        {
            var watch = Stopwatch.StartNew();
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Chain", CancellationToken.None);
            await client.WaitForInstanceCompletionAsync(id, CancellationToken.None);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return times;
    }
}
