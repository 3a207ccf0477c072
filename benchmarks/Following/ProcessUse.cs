using System.Globalization;

namespace Trainyard.Benchmarks.Following;

/// <summary>What a process has used, as Linux counts it.</summary>
internal sealed record ProcessUse(double CpuSeconds, long ResidentBytes, long PeakBytes)
{
    public static ProcessUse Read(int pid)
    {
        var stat = Fields(pid);
        var status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessUse(
            (Number(stat[11]) + Number(stat[12])) / 100.0,
            Kilobytes(status, "VmRSS:"),
            Kilobytes(status, "VmHWM:")
        );
    }

    public static IEnumerable<int> ChildrenOf(int pid) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder => Path.GetFileName(folder))
            .Where(name => name.All(char.IsAsciiDigit))
            .Select(int.Parse)
            .Where(child => IsChild(child, pid));

    private static bool IsChild(int child, int pid)
    {
        try
        {
            return Number(Fields(child)[1]) == pid;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string[] Fields(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Kilobytes(string[] status, string name) =>
        Number(
            status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim().Split(' ')[0]
        ) * 1024;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
