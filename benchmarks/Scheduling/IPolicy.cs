namespace Trainyard.Benchmarks.Scheduling;

/// <summary>A way to decide who gets which node.</summary>
internal interface IPolicy
{
    int Waiting { get; }

    /// <summary>A run arrives.</summary>
    void Add(TraceRun run, long now);

    /// <summary>A run ended on its nodes.</summary>
    void End(TraceRun run, IReadOnlyList<int> nodes, long now);

    /// <summary>What begins now, and where.</summary>
    IReadOnlyList<(TraceRun Run, IReadOnlyList<int> Nodes)> Decide(long now);
}
