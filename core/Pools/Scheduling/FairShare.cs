namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// An owner's usage of the pool in GPU seconds, decayed by half in each half-life, plus the usage of its current runs.
/// The owner with the smallest usage for its weight is next.
/// </summary>
internal sealed class FairShare(double weight, TimeSpan halfLife)
{
    // Counts a started run at once as this many seconds of use, so that owners who begin together take turns. Owners stay
    // ahead or behind by about as many GPU seconds, which is much where runs are short.
    private const double AtOnceSeconds = 15;

    private double _used;
    private long _at;

    public double Weight => weight;

    /// <summary>The GPUs that the owner's runs hold.</summary>
    public double Rate { get; private set; }

    /// <summary>Sets the usage until an instant.</summary>
    public void Reset(double gpuSeconds, long at)
    {
        _used = gpuSeconds;
        _at = at;
    }

    public void ChangeRate(double by, long now)
    {
        _used = UsedAt(now);
        _at = Math.Max(_at, now);
        Rate = Math.Max(0, Rate + by);
    }

    /// <summary>Adds the usage of a run between two instants at a rate.</summary>
    public void Add(double rate, long from, long now) => _used += UsageDecay.Of(rate, from, now, halfLife);

    /// <summary>The decayed usage in GPU seconds.</summary>
    public double UsedAt(long now) =>
        UsageDecay.Later(_used, _at, now, halfLife) + UsageDecay.Of(Rate, _at, now, halfLife);

    /// <summary>The owner's rank: the smallest is next.</summary>
    public double TurnAt(long now) => TurnWith(0, now);

    /// <summary>The owner's rank if it held this many more GPUs.</summary>
    public double TurnWith(double more, long now) => (UsedAt(now) + ((Rate + more) * AtOnceSeconds)) / weight;
}

/// <summary>The decay of usage over time.</summary>
public static class UsageDecay
{
    /// <summary>Decays the GPU seconds of one instant to a later one; instants in ticks.</summary>
    public static double Later(double gpuSeconds, long at, long now, TimeSpan halfLife) =>
        gpuSeconds * Kept(at, now, halfLife);

    /// <summary>The GPU seconds used between two instants, decayed to the second instant.</summary>
    public static double Of(double gpus, long from, long now, TimeSpan halfLife) =>
        gpus * (1 - Kept(from, now, halfLife)) * halfLife.TotalSeconds / Math.Log(2);

    private static double Kept(long from, long now, TimeSpan halfLife) =>
        Math.Pow(0.5, Math.Max(0, now - from) / (double)halfLife.Ticks);
}
