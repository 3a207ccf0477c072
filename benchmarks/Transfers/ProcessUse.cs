using System.Globalization;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>What a process takes, as the kernel counts it.</summary>
internal static class ProcessUse
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor time so far, in seconds: its own.</summary>
    public static double CpuSeconds(int process) => Sum(process, 11, 12);

    /// <summary>Processor time of the children that have ended, in seconds.</summary>
    public static double EndedChildrenCpuSeconds(int process) => Sum(process, 13, 14);

    /// <summary>From here on <see cref="PeakMebibytes"/> counts anew.</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>The most memory it held at once.</summary>
    public static double PeakMebibytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1024;
    }

    // Behind the name, which may hold anything, the fields begin with the third.
    private static double Sum(int process, params int[] fields)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var values = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Sum(f => double.Parse(values[f], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
