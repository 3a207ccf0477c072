using Trainyard.Benchmarks.Scheduling;

// dotnet run -c Release --project benchmarks/Scheduling [-- --quick]
if (args.Contains("--quick"))
{
    return Comparison.Write(Trace.Make(nodes: 200, runs: 20_000, owners: 50, seed: 13));
}
DecisionTimes.Write(Trace.Make(nodes: 10_000, runs: 1_000_000, owners: 500, seed: 13), hours: 4);
return Comparison.Write(Trace.Make(nodes: 1_000, runs: 100_000, owners: 500, seed: 13));
