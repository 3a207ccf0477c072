using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Benchmarks.Scheduling;

/// <summary>Runs that wait one behind the other.</summary>
internal sealed class Line(Ask ask, int limit, (int Kind, Resources Demand)[] able)
{
    public static Comparer<Line> ByAge { get; } =
        Comparer<Line>.Create((one, other) => one.First.Index.CompareTo(other.First.Index));

    public Ask Ask => ask;

    public int Limit => limit;

    /// <summary>The kinds of nodes that could run them.</summary>
    public (int Kind, Resources Demand)[] Able => able;

    public Queue<TraceRun> Runs { get; } = new();

    public TraceRun First => Runs.Peek();

    /// <summary>The version of the nodes at which the first one found no room.</summary>
    public long BlockedAt { get; set; } = -1;
}
