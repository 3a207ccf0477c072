namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>How an object is cut: parts of the usual size, larger ones where there would be more than S3 takes.</summary>
internal static class PartSize
{
    public const int MostParts = 10_000;

    /// <summary>5 TiB, the largest object of S3.</summary>
    public const long LargestObject = 5L << 40;

    private const long Step = 1L << 20;

    public static long For(long size, long usual)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestObject);
        var least = (size + MostParts - 1) / MostParts;
        return Math.Max(usual, (least + Step - 1) / Step * Step);
    }
}
