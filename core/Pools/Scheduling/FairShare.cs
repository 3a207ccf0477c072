namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// What one owner used of the pool, in GPU seconds that count half after each half-life, with what its runs use now. The
/// smaller the usage for its weight, the sooner it is the owner's turn.
/// </summary>
internal sealed class FairShare(double weight, TimeSpan halfLife)
{
    // What was given in this moment counts at once, so that owners who begin together take turns.
    private const double AtOnceSeconds = 60;

    private double _used;
    private long _at;

    public double Weight => weight;

    /// <summary>GPUs that its runs hold.</summary>
    public double Rate { get; private set; }

    /// <summary>Sets what was used until then.</summary>
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

    /// <summary>Adds what a run used between two instants at that rate.</summary>
    public void Add(double rate, long from, long now) => _used += UsageDecay.Of(rate, from, now, halfLife);

    /// <summary>GPU seconds, those of before the half-life as halves.</summary>
    public double UsedAt(long now) =>
        UsageDecay.Later(_used, _at, now, halfLife) + UsageDecay.Of(Rate, _at, now, halfLife);

    /// <summary>The smaller, the sooner.</summary>
    public double TurnAt(long now) => (UsedAt(now) + (Rate * AtOnceSeconds)) / weight;
}

/// <summary>How usage counts less as time passes.</summary>
public static class UsageDecay
{
    /// <summary>GPU seconds of an instant, as they count at a later one; instants in ticks.</summary>
    public static double Later(double gpuSeconds, long at, long now, TimeSpan halfLife) =>
        gpuSeconds * Kept(at, now, halfLife);

    /// <summary>GPU seconds used between two instants, as they count at the second.</summary>
    public static double Of(double gpus, long from, long now, TimeSpan halfLife) =>
        gpus * (1 - Kept(from, now, halfLife)) * halfLife.TotalSeconds / Math.Log(2);

    private static double Kept(long from, long now, TimeSpan halfLife) =>
        Math.Pow(0.5, Math.Max(0, now - from) / (double)halfLife.Ticks);
}
