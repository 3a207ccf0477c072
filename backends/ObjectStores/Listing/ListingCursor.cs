using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Backends.ObjectStores.Listing;

/// <summary>
/// The start of the next page, with enough state about earlier pages to detect a cyclic listing even in another
/// process: each token is compared with a marked one, which is replaced at pages 1, 2, 4, 8, … (Brent's algorithm).
/// </summary>
internal sealed record ListingCursor(string Token, int Page, int EmptyPages, int MarkedAt, ulong Mark)
{
    private const char Separator = ':';

    public static ListingCursor? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var parts = text.Split(Separator, 5);
        return
            parts.Length == 5
            && TryNumber(parts[0], out var page)
            && TryNumber(parts[1], out var empty)
            && TryNumber(parts[2], out var markedAt)
            && ulong.TryParse(parts[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mark)
            ? new ListingCursor(parts[4], page, empty, markedAt, mark)
            : null;
    }

    /// <summary>
    /// The cursor after a page that ended with a token; the previous cursor is null for the first page.
    /// </summary>
    public static ListingCursor After(ListingCursor? before, string token, bool isEmpty)
    {
        var page = (before?.Page ?? 0) + 1;
        var (markedAt, mark) = before is null ? (0, 0ul) : (before.MarkedAt, before.Mark);
        if (page >= 2 * markedAt)
        {
            (markedAt, mark) = (page, Hash(token));
        }
        return new ListingCursor(token, page, isEmpty ? (before?.EmptyPages ?? 0) + 1 : 0, markedAt, mark);
    }

    /// <summary>Whether a token repeats an earlier one.</summary>
    public bool IsRepeatedBy(string token) => token == Token || Hash(token) == Mark;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Page}:{EmptyPages}:{MarkedAt}:{Mark:x}:{Token}");

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static ulong Hash(string token) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
