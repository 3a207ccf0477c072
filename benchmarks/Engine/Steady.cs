using Microsoft.DurableTask.Client;

namespace Trainyard.Benchmarks.Engine;

internal static class Steady
{
    public static async Task RunAsync()
    {
        await using var host = await BenchmarkHost.StartAsync(BenchmarkHost.NewFolder());
        for (var round = 1; round <= 5; round++)
        {
            // Five activities, a start and an end: seven steps to a chain.
            await Chains.RunManyAsync(host.Client, 200_000 / 7);
            await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter());
            var megabytes = GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
            Report.Line($"managed memory after {round * 200_000:N0} steps", megabytes, "MiB");
            Report.Line("  and the process", Environment.WorkingSet / 1048576.0, "MiB");
        }
    }
}
