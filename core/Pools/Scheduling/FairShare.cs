namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// What one owner used of the pool, in GPU seconds that count half after each half-life, with what its runs use now. The
/// smaller the usage for its weight, the sooner it is the owner's turn.
/// </summary>
internal sealed class FairShare(double weight, TimeSpan halfLife)
{
    // What was given in this moment counts at once, so that owners who begin together take turns.
    private const double AtOnceSeconds = 60;

    private readonly double _decay = Math.Log(2) / halfLife.TotalSeconds;
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

    /// <summary>GPU seconds, those of before the half-life as halves.</summary>
    public double UsedAt(long now)
    {
        var seconds = Math.Max(0, now - _at) / (double)TimeSpan.TicksPerSecond;
        var kept = Math.Exp(-_decay * seconds);
        return (_used * kept) + (Rate * (1 - kept) / _decay);
    }

    /// <summary>The smaller, the sooner.</summary>
    public double TurnAt(long now) => (UsedAt(now) + (Rate * AtOnceSeconds)) / weight;
}
