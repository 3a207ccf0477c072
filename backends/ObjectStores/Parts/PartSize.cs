namespace Trainyard.Backends.ObjectStores.Parts;

/// <summary>Chooses the part size of an object: the usual size, or larger if there would be too many parts.</summary>
internal static class PartSize
{
    public const int MostParts = 10_000;

    /// <summary>5 TiB, the largest object of S3.</summary>
    public const long LargestObject = 5L << 40;

    private const long Step = 1L << 20;

    public static long For(long size, long usual, int mostParts = MostParts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestObject);
        var least = (size + mostParts - 1) / mostParts;
        return Math.Max(usual, (least + Step - 1) / Step * Step);
    }
}
