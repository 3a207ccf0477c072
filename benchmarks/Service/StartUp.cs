namespace Trainyard.Benchmarks.Service;

/// <summary>From the process's start to the first answered request: on a new state folder, and on a used one.</summary>
internal static class StartUp
{
    public static async Task MeasureAsync(int runs)
    {
        var first = new List<double>();
        var again = new List<double>();
        var bare = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var home = Directory.CreateTempSubdirectory("trainyard-benchmark-").FullName;
            try
            {
                first.Add(await TimeAsync(() => RunningService.StartAsync(home, withAgent: false)));
                again.Add(await TimeAsync(() => RunningService.StartAsync(home, withAgent: false)));
                bare.Add(await TimeAsync(() => RunningService.StartBareAsync(home)));
            }
            finally
            {
                Directory.Delete(home, recursive: true);
            }
        }
        Figures.Print("start on a new state folder", first, "ms");
        Figures.Print("start on a used state folder", again, "ms");
        Figures.Print("peer: a bare ASP.NET Core program", bare, "ms");
        Console.WriteLine($"  ratio of medians (used / peer): {Figures.Median(again) / Figures.Median(bare):0.00}");
    }

    private static async Task<double> TimeAsync(Func<Task<RunningService>> start)
    {
        await using var service = await start();
        return service.StartTime.TotalMilliseconds;
    }
}
