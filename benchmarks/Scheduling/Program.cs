using System.Diagnostics;
using Trainyard.Benchmarks.Scheduling;
using Trace = Trainyard.Benchmarks.Scheduling.Trace;

var isQuick = args.Contains("--quick");
var (nodes, runs, owners) = isQuick ? (200, 20_000, 50) : (10_000, 1_000_000, 500);
if (args is ["--size", var size])
{
    (nodes, runs, owners) = (int.Parse(size), 100 * int.Parse(size), 500);
}
var trace = Trace.Make(nodes, runs, owners, seed: 13);
Console.WriteLine($"{nodes:N0} nodes with {trace.Gpus:N0} GPUs, {runs:N0} queued runs, {owners} owners");

var before = GC.GetTotalMemory(forceFullCollection: true);
var trainyard = new TrainyardPolicy(trace);
var enqueuing = Measure("trainyard", trainyard);
var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
Console.WriteLine(
    $"enqueued in {enqueuing.TotalSeconds:0.0} s ({enqueuing.TotalMicroseconds / runs:0.0} us each), {memory / 1e6:N0} MB"
);
var outcomes = new List<(string Name, Outcome Outcome)> { Play("Trainyard", trainyard) };
var micros = trainyard.Micros;
micros.Sort();
Console.WriteLine(
    $"decisions: {micros.Count:N0}, p50 {At(0.5):0.0} us, p99 {At(0.99):0.0} us, p99.9 {At(0.999):0.0} us, longest {At(1):0} us"
);
var fifo = new FifoPolicy(trace);
Measure("FIFO", fifo);
outcomes.Add(Play("FIFO", fifo));
var easy = new EasyPolicy(trace);
Measure("EASY", easy);
outcomes.Add(Play("EASY", easy));
Report.Write(trace, outcomes);
return outcomes[0].Outcome.Utilisation >= outcomes[1].Outcome.Utilisation + 0.15 ? 0 : 1;

float At(double part) => micros[Math.Min(micros.Count - 1, (int)(part * micros.Count))];

TimeSpan Measure(string _, IPolicy policy)
{
    var begun = Stopwatch.GetTimestamp();
    foreach (var run in trace.Runs)
    {
        policy.Add(run, 0);
    }
    return Stopwatch.GetElapsedTime(begun);
}

(string, Outcome) Play(string name, IPolicy policy)
{
    var begun = Stopwatch.GetTimestamp();
    var outcome = Simulation.Play(trace, policy);
    Console.WriteLine($"{name}: played in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
    return (name, outcome);
}
