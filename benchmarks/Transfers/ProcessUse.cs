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

    // Behind the name, which may hold anything, the fields begin with the third.
    private static double Sum(int process, params int[] fields)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var values = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Sum(f => double.Parse(values[f], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
