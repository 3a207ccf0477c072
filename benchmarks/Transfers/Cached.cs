using System.Globalization;
using Trainyard.Benchmarks.Service;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>The second run on the same data, beside the first: how much of its time is left.</summary>
internal static class Cached
{
    public static async Task MeasureAsync(SwiftServer server, DataSet set, int runs)
    {
        await using var service = await TrainingService.StartAsync(server, ("Agent__MaxCacheBytes", "10737418240"));
        var first = await Download.TimeAsync(service, set);
        var again = new List<Sample>();
        for (var run = 0; run < runs; run++)
        {
            again.Add(await Download.TimeAsync(service, set));
        }
        Sample.Print($"again the {set} on the same node", again);
        var share = Figures.Median(again.Select(s => s.Seconds).ToList()) / first.Seconds;
        var text = share.ToString("P1", CultureInfo.InvariantCulture);
        Console.WriteLine($"the second run's share of the first's {first.Seconds:0.00} s: {text}");
    }
}
