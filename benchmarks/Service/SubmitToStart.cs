namespace Trainyard.Benchmarks.Service;

/// <summary>
/// From the moment a client sends a run to the moment its command's first line of code runs, on an idle service that has
/// run before.
/// </summary>
internal static class SubmitToStart
{
    public static async Task MeasureAsync(int runs)
    {
        await using var world = await SubmitWorld.OpenAsync();
        var times = new List<double>();
        for (var run = 0; run < SubmitWorld.WarmUps + runs; run++)
        {
            var (toStart, toEnd) = await world.TimeAsync(image: null);
            if (run == 0)
            {
                Console.WriteLine($"submit to command started, the first run of a new service: {toStart:0} ms");
            }
            if (run >= SubmitWorld.WarmUps)
            {
                times.Add(toStart);
            }
            if (run == SubmitWorld.WarmUps + runs - 1)
            {
                Console.WriteLine($"submit to results stored, the last run: {toEnd:0} ms");
            }
        }
        Figures.Print("submit to command started, idle machine", times, "ms");
    }
}
