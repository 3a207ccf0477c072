namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The operator's settings for the scheduler. A limit of 0 means no limit.</summary>
public sealed record SchedulingOptions
{
    /// <summary>The half-life of an owner's usage.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The weights of owners; an owner that is not listed has 1.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    /// <summary>The number of GPUs that a run without GPUs counts as.</summary>
    public double CpuRunGpus { get; init; } = 0.25;

    /// <summary>
    /// A run that has waited longer gets a reservation regardless of fair shares, one such run at a time.
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromDays(1);

    public int OwnerGpus { get; init; }

    public int OwnerRuns { get; init; }

    public int PoolGpus { get; init; }

    public int PoolRuns { get; init; }

    /// <summary>How recently a node must have been seen to count as present.</summary>
    public TimeSpan SeenLately { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The time that a run takes beyond its command: downloads before it, staging after it.</summary>
    public TimeSpan Overhead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The longest possible delay of an attempt; a time further ahead was written by a clock that has been set back
    /// since.
    /// </summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether preemptible runs are stopped for runs that go before them.</summary>
    public bool Preemption { get; init; }

    /// <summary>How often a run is preempted; after that it runs on.</summary>
    public int MostPreemptions { get; init; } = 10;

    /// <summary>How long a run that was preempted before is not preempted again after it started.</summary>
    public TimeSpan PreemptionProtection { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time that a preempted run usually takes to leave its node.</summary>
    public TimeSpan PreemptionTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether any limit is set on what runs at once.</summary>
    public bool HasLimits => OwnerGpus > 0 || OwnerRuns > 0 || PoolGpus > 0 || PoolRuns > 0;

    /// <summary>The number of GPUs that a run with this many GPUs counts as.</summary>
    public double RateOf(int gpus) => gpus > 0 ? gpus : CpuRunGpus;

    public double WeightOf(string owner) => Weights.TryGetValue(owner, out var weight) && weight > 0 ? weight : 1;
}
