namespace Trainyard.Benchmarks.Scheduling;

/// <summary>Jain's index over the owners: 1 when each got the same part of what was due to it.</summary>
internal static class Fairness
{
    /// <summary>
    /// Of the GPU seconds that owners got up to an instant, each as a part of the smaller of what it asked for and its max-min fair
    /// share of all that was given.
    /// </summary>
    public static double Jain(Trace trace, long[] begun, long until)
    {
        var asked = new double[trace.Owners];
        var got = new double[trace.Owners];
        foreach (var run in trace.Runs)
        {
            asked[run.Owner] += run.GpuSeconds;
            got[run.Owner] += run.Gpus * Math.Clamp(until - begun[run.Index], 0, run.Length);
        }
        var due = MaxMin(asked, got.Sum());
        var parts = Enumerable.Range(0, trace.Owners).Where(i => due[i] > 0).Select(i => got[i] / due[i]).ToList();
        return Math.Pow(parts.Sum(), 2) / (parts.Count * parts.Sum(part => part * part));
    }

    private static double[] MaxMin(double[] asked, double total)
    {
        var due = new double[asked.Length];
        var left = total;
        var open = asked.Length;
        foreach (var owner in Enumerable.Range(0, asked.Length).OrderBy(i => asked[i]))
        {
            due[owner] = Math.Min(asked[owner], left / open--);
            left -= due[owner];
        }
        return due;
    }
}
