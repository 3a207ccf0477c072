using System.Globalization;

namespace Trainyard.Benchmarks.Following;

/// <summary>A line's way from the program's write to a follower. All share the machine, so they share the clock.</summary>
internal static class Latency
{
    private const int Followers = 100;

    // The first seconds are those in which followers come and programs get warm.
    private const int WarmUpLines = 5_000;

    private const string Program = """
        import sys, time
        begin = time.time()
        for line in range(25000):
            late = begin + line / 1000 - time.time()
            if late > 0:
                time.sleep(late)
            print(f"@ {line} {time.time_ns()} some words as long as a line of a log is", flush=True)
        """;

    public static async Task MeasureAsync()
    {
        await using var service = await FollowedService.StartAsync();
        var run = await service.SubmitAsync(Program);
        var followers = await Task.WhenAll(
            Enumerable.Range(0, Followers).Select(_ => Task.Run(() => FollowAsync(service, run)))
        );
        var all = followers.SelectMany(times => times).Order().ToList();
        Console.WriteLine(
            $"latency: {Followers} followers, 1,000 lines a second, {all.Count:N0} lines read: "
                + $"p50 {Quantile(all, 0.5):0} ms, p99 {Quantile(all, 0.99):0} ms, max {all[^1]:0} ms"
        );
        foreach (var (name, use) in service.Uses())
        {
            Console.WriteLine(
                $"latency: {name} used {use.CpuSeconds:0.0} s of processors and at most {use.PeakBytes >> 20} MiB"
            );
        }
    }

    private static async Task<List<double>> FollowAsync(FollowedService service, string run)
    {
        var times = new List<double>();
        await Follower.ReadAsync(
            service.Client,
            run,
            line =>
            {
                if (!line.StartsWith("@ ", StringComparison.Ordinal))
                {
                    return;
                }
                var words = line.Split(' ', 4);
                if (int.Parse(words[1], CultureInfo.InvariantCulture) >= WarmUpLines)
                {
                    var written = DateTimeOffset.UnixEpoch.AddTicks(
                        long.Parse(words[2], CultureInfo.InvariantCulture) / 100
                    );
                    times.Add((DateTimeOffset.UtcNow - written).TotalMilliseconds);
                }
            }
        );
        return times;
    }

    private static double Quantile(List<double> sorted, double q) => sorted[(int)Math.Round(q * (sorted.Count - 1))];
}
