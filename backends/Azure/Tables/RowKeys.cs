using System.Buffers.Text;
using System.Text;

namespace Trainyard.Backends.Azure.Tables;

/// <summary>Keys of rows: parts joined by <c>:</c>, each of which sorts like its value.</summary>
internal static class RowKeys
{
    /// <summary>The smallest key that is larger than every key with a prefix that ends in <c>:</c>.</summary>
    public static string EndOf(string prefix) => prefix[..^1] + ";";

    /// <summary>
    /// Encodes text in letters, digits, <c>-</c> and <c>_</c>: keys take no slashes and no control characters.
    /// </summary>
    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>Ticks that sort oldest first.</summary>
    public static string OldestFirst(long ticks) => ticks.ToString("D19");

    /// <summary>Ticks that sort newest first.</summary>
    public static string NewestFirst(long ticks) => (DateTimeOffset.MaxValue.Ticks - ticks).ToString("D19");
}
