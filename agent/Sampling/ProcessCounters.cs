using System.Globalization;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Sampling;

/// <summary>The resources that a process has used so far, from <c>/proc</c>.</summary>
internal sealed record ProcessCounters(double CpuSeconds, long ResidentBytes, long ReadBytes, long WrittenBytes)
{
    // Since kernel 2.6, the user-visible clock has this rate on all processors.
    private const double TicksPerSecond = 100;

    /// <returns>Null when the process is gone.</returns>
    public static ProcessCounters? Read(ProcessEntry process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.Pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var (read, written) = ReadIo(process.Pid);
            return new ProcessCounters(
                (Number(fields[11]) + Number(fields[12])) / TicksPerSecond,
                Number(fields[21]) * Environment.SystemPageSize,
                read,
                written
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Only root can read the counters of another user's process.
    private static (long Read, long Written) ReadIo(int pid)
    {
        try
        {
            var lines = File.ReadAllLines($"/proc/{pid}/io").Select(line => line.Split(": ")).ToList();
            return (ValueOf(lines, "read_bytes"), ValueOf(lines, "write_bytes"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, 0);
        }
    }

    private static long ValueOf(List<string[]> lines, string name) =>
        lines.Find(line => line[0] == name) is [_, var value] ? Number(value) : 0;

    private static long Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
