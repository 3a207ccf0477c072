using System.Globalization;

namespace Trainyard.Agent.Sampling;

/// <summary>What came and went over the network that a process sees, but for itself.</summary>
internal sealed record NetworkCounters(long ReceivedBytes, long SentBytes)
{
    /// <returns>Null when it is gone.</returns>
    public static NetworkCounters? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllLines($"/proc/{pid}/net/dev"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Two lines of headings; then a name and sixteen numbers, received first.</summary>
    internal static NetworkCounters Parse(IEnumerable<string> lines)
    {
        var devices = lines
            .Skip(2)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && parts[0].Trim() != "lo")
            .Select(parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(numbers => numbers.Length >= 9)
            .ToList();
        return new NetworkCounters(devices.Sum(n => Number(n[0])), devices.Sum(n => Number(n[8])));
    }

    private static long Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
