namespace Trainyard.Cli.Screen;

/// <summary>Numbers as a row of bars, from the least to the greatest.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int Longest = 60;

    /// <summary>Null for fewer than two numbers. With many numbers, each bar is the mean of several.</summary>
    public static string? Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }
        var perBar = (values.Count + Longest - 1) / Longest;
        var means = values.Chunk(perBar).Select(some => some.Average()).ToList();
        var (least, greatest) = (means.Min(), means.Max());
        return string.Concat(
            means.Select(mean =>
                greatest > least ? Bars[(int)((mean - least) / (greatest - least) * (Bars.Length - 1))] : Bars[0]
            )
        );
    }
}
