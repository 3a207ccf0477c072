using Trainyard.Benchmarks.Scheduling;

// dotnet run -c Release --project benchmarks/Scheduling [-- --quick]
const double FifteenPoints = 0.15;
var isQuick = args.Contains("--quick");
var checks = new Checks();
Crowd.Write(checks);
DecisionTimes.WriteEstimates(MixedTrace.Make(Machines.Alibaba2023, nodes: 500, runs: 20_000, owners: 50, seed: 13));
var (nodes, runs, owners) = isQuick ? (200, 20_000, 50) : (1_000, 100_000, 500);
Comparison.Write(TwoTypesTrace.Make(nodes, runs, owners, seed: 13), checks, better: null);
Comparison.Write(MixedTrace.Make(Machines.Pai2020, nodes, runs, owners, seed: 13), checks, better: null);
var (more, manyMore) = isQuick ? (600, 60_000) : (10_000, 1_000_000);
Comparison.Write(MixedTrace.Make(Machines.Alibaba2023, more, manyMore, owners, seed: 13), checks, FifteenPoints);
return checks.Failed > 0 ? 1 : 0;
