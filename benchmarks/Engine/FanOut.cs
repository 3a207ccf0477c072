using System.Diagnostics;

namespace Trainyard.Benchmarks.Engine;

internal static class FanOut
{
    public static async Task RunAsync()
    {
        await using var host = await BenchmarkHost.StartAsync(BenchmarkHost.NewFolder());
        await OnceAsync(host, 500);

        var seconds = await OnceAsync(host, 5000);
        Report.Line("until all results are in", seconds, "s");
        Report.Line("activities", 5000 / seconds, "per second");
    }

    private static async Task<double> OnceAsync(BenchmarkHost host, int width)
    {
        var watch = Stopwatch.StartNew();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("FanOut", width);
        await host.Client.WaitForInstanceCompletionAsync(id);
        return watch.Elapsed.TotalSeconds;
    }
}
