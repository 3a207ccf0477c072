using Trainyard.Core.Pools.Matching;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>
/// A hundred queued runs of one owner, and then the first of another that asks for the same: it begins when the first of those that run
/// by then ends. In many pools, drawn at random.
/// </summary>
internal static class Crowd
{
    private const int Pools = 200;
    private const int Waiting = 100;
    private const string Model = "Tesla T4";

    public static void Write(Checks checks)
    {
        var random = new Random(13);
        var late = 0;
        var longest = 0L;
        for (var i = 0; i < Pools; i++)
        {
            var trace = Make(random);
            var begun = new Simulation(trace, new TrainyardPolicy(trace)).Play().Begun;
            var first = trace.Runs[^1];
            var running = trace.Runs.SkipLast(1).Where(run => begun[run.Index] <= first.Arrival);
            var ends = running.Select(run => begun[run.Index] + run.Length).Where(end => end > first.Arrival);
            var wait = begun[first.Index] - first.Arrival;
            late += wait > ends.Min() - first.Arrival ? 1 : 0;
            longest = Math.Max(longest, wait);
        }
        checks.That(
            late == 0,
            $"in {Pools} pools, {Waiting} runs of one owner hold up another's first run by at most one running run (at most {longest} s); {late} waited longer"
        );
    }

    private static Trace Make(Random random)
    {
        var gpus = random.Pick((1, 1), (2, 1), (4, 1), (8, 1));
        var ask = new Ask(new RunNeeds { Gpus = gpus == 1 ? 1 : gpus / random.Pick((1, 1), (2, 1)) }, nodes: 1);
        var nodes = Enumerable.Repeat(new NodeKind(Model, gpus, gpus, cpus: 64), random.Next(1, 5)).ToList();
        var runs = Enumerable
            .Range(0, Waiting)
            .Select(i => new TraceRun(i, 0, ask, 0, random.Pick((0, 1), (7_200, 3)), random.Next(600, 7_200)))
            .ToList();
        runs.Add(new TraceRun(Waiting, 1, ask, random.Next(1, 3_600), 7_200, 600));
        return new Trace("crowd", nodes, runs, Owners: 2);
    }
}
