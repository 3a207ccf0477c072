using System.Text;

namespace Trainyard.Agent.Transfers;

/// <summary>Turns an object key into a path below the data folder. Keys are untrusted input.</summary>
internal static class ObjectKey
{
    private const int LongestName = 255;
    private const int LongestPath = 2048;

    /// <summary>
    /// Whether the key only marks a folder, as some tools write such objects; there is nothing to fetch.
    /// </summary>
    public static bool IsFolder(string key) => key.EndsWith('/');

    /// <returns>The relative path; null when the key is no valid file path below a folder.</returns>
    public static string? ToPath(string key)
    {
        if (key.Length == 0 || Encoding.UTF8.GetByteCount(key) > LongestPath)
        {
            return null;
        }
        return key.Split('/').All(IsName) ? key : null;
    }

    private static bool IsName(string segment) =>
        segment.Length > 0
        && segment is not ("." or "..")
        && !segment.Any(char.IsControl)
        && !HasLoneSurrogate(segment)
        && Encoding.UTF8.GetByteCount(segment) <= LongestName;

    // Two different keys with invalid Unicode would become the same file name.
    private static bool HasLoneSurrogate(string segment) =>
        segment.EnumerateRunes().Any(r => r == Rune.ReplacementChar) && !segment.Contains('\uFFFD');
}
