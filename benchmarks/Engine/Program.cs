using Trainyard.Benchmarks.Engine;

// dotnet run -c Release --project benchmarks/Engine [-- name …]: all measurements, or those named.
Measurement[] all =
[
    new("chain", "a chain of five activities, alone", Chains.AloneAsync),
    new("chains", "300 chains of five at a time", Chains.ConcurrentAsync),
    new("fanout", "one orchestration with 5,000 activities", FanOut.RunAsync),
    new("parked", "20,000 orchestrations waiting for an event", Parked.RunAsync),
    new("listing", "200,000 finished instances", Listing.RunAsync),
    new("memory", "a million finished steps", Steady.RunAsync),
];

var chosen = args.Length == 0 ? all : [.. all.Where(one => args.Contains(one.Name))];
foreach (var measurement in chosen)
{
    Console.WriteLine($"{measurement.Name}: {measurement.Title}");
    await measurement.RunAsync();
}
