using System.Buffers;
using System.Globalization;

namespace Trainyard.Manifests.Reading;

/// <summary>Sizes with a unit: <c>512 MB</c>, <c>12GB</c>, <c>1.5 GiB</c>. B to TB are powers of 1000, KiB to TiB of 1024.</summary>
public static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("KB", 1_000),
        ("TiB", 1L << 40),
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
        ("B", 1),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>The bytes, or null when the text is no size, has no unit, or is no whole number of bytes.</summary>
    public static long? Read(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        if (digits <= 0)
        {
            return null;
        }

        var unit = text.AsSpan(digits).Trim().ToString();
        var bytes = Units.FirstOrDefault(u => u.Unit.Equals(unit, StringComparison.OrdinalIgnoreCase)).Bytes;
        if (
            bytes == 0
            || digits > 15
            || !decimal.TryParse(
                text.AsSpan(0, digits),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            return null;
        }

        var total = number * bytes;
        return total == decimal.Floor(total) && total <= long.MaxValue ? (long)total : null;
    }

    /// <summary>The shortest text that reads back as the same bytes.</summary>
    public static string Write(long bytes)
    {
        var (unit, size) = Units.FirstOrDefault(u => bytes >= u.Bytes && bytes % u.Bytes == 0, ("B", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size} {unit}");
    }
}
