namespace Trainyard.Benchmarks.Scheduling;

/// <summary>Jain's index over the owners: 1 when all got the same, or the same part of what was due to them.</summary>
/// <param name="Raw">Over the GPU seconds that they got, although some asked for very little.</param>
/// <param name="OfDue">Over what they got as a part of what was due: the smaller of what they had asked for by then and their max-min fair
/// share of all that was given.</param>
internal sealed record Fairness(double Raw, double OfDue)
{
    public static Fairness Of(Trace trace, long[] begun, long until)
    {
        var asked = new double[trace.Owners];
        var got = new double[trace.Owners];
        foreach (var run in trace.Runs)
        {
            asked[run.Owner] += run.Ask.Gpus * Math.Clamp(until - run.Arrival, 0, run.Length);
            got[run.Owner] += run.Ask.Gpus * Math.Clamp(until - Math.Min(until, begun[run.Index]), 0, run.Length);
        }
        var due = MaxMin(asked, got.Sum());
        var those = Enumerable.Range(0, trace.Owners).Where(i => due[i] > 0).ToList();
        return new Fairness(Jain([.. those.Select(i => got[i])]), Jain([.. those.Select(i => got[i] / due[i])]));
    }

    private static double Jain(double[] each) =>
        Math.Pow(each.Sum(), 2) / (each.Length * each.Sum(value => value * value));

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
