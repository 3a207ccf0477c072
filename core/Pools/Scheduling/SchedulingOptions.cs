namespace Trainyard.Core.Pools.Scheduling;

/// <summary>By what the scheduler decides, as the operator set it. A limit of 0 is none.</summary>
public sealed record SchedulingOptions
{
    /// <summary>In this time what an owner used counts half.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Shares by owner; who is not named has 1.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    /// <summary>As how many GPUs a run without GPUs counts.</summary>
    public double CpuRunGpus { get; init; } = 0.25;

    /// <summary>A large run that waits for longer gets a reservation, one at a time, whosever turn it is.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromDays(1);

    public int OwnerGpus { get; init; }

    public int OwnerRuns { get; init; }

    public int PoolGpus { get; init; }

    public int PoolRuns { get; init; }

    /// <summary>How lately a node was heard of that still counts.</summary>
    public TimeSpan SeenLately { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What a run takes beside its command: download before it, staging behind it.</summary>
    public TimeSpan Overhead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>No wait before an attempt is longer; a time further ahead was written by a clock that has been set back since.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>As how many GPUs a run counts that has so many.</summary>
    public double RateOf(int gpus) => gpus > 0 ? gpus : CpuRunGpus;

    public double WeightOf(string owner) => Weights.TryGetValue(owner, out var weight) && weight > 0 ? weight : 1;
}
