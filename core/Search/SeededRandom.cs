namespace Trainyard.Core.Search;

/// <summary>Random numbers that depend only on a search's seed and the number of the point.</summary>
internal static class SeededRandom
{
    public static Random Of(int seed, int number)
    {
        // The finalizer of SplitMix64: adjacent numbers give unrelated sequences.
        var mixed = ((ulong)(uint)seed << 32) | (uint)number;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return new Random((int)((mixed ^ (mixed >> 31)) & int.MaxValue));
    }

    /// <summary>A number from the standard normal distribution.</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
