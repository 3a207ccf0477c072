using System.Globalization;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// A mark in a file's modification time: its fraction of a second encodes the content's key. Any write to the file
/// destroys the mark.
/// </summary>
internal static class WriteMark
{
    private const int NameCharacters = 12;

    public static void Set(string path, CacheKey key, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(path, now.AddTicks(Of(key) - (now.Ticks % TimeSpan.TicksPerSecond)));
    }

    public static bool IsOn(FileInfo file, CacheKey key) =>
        file.LastWriteTimeUtc.Ticks % TimeSpan.TicksPerSecond == Of(key);

    private static long Of(CacheKey key) =>
        long.Parse(key.Name.AsSpan(0, NameCharacters), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        % TimeSpan.TicksPerSecond;
}
