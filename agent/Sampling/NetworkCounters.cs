using System.Globalization;

namespace Trainyard.Agent.Sampling;

/// <summary>The bytes received and sent on a process's networks, without the loopback.</summary>
internal sealed record NetworkCounters(long ReceivedBytes, long SentBytes)
{
    /// <returns>Null when the process is gone.</returns>
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

    /// <summary>Parses two heading lines, and then lines of a name and sixteen numbers, received ones first.</summary>
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
