namespace Trainyard.Manifests.Text;

/// <summary>The nearest of some texts, if one is near enough to be what was meant.</summary>
public static class Nearest
{
    private const int LongestCompared = 64;

    public static string? To(string text, IEnumerable<string> candidates)
    {
        if (text.Length is 0 or > LongestCompared)
        {
            return null;
        }

        var lower = text.ToLowerInvariant();
        var most = Math.Max(1, text.Length / 3);
        var best = candidates
            // Words whose lengths differ by more cannot be near.
            .Where(c => c.Length <= LongestCompared && Math.Abs(c.Length - text.Length) <= most)
            .Select(c => (Candidate: c, Distance: Distance(lower, c.ToLowerInvariant())))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Candidate)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance <= most ? best.Candidate : null;
    }

    // Optimal string alignment: swapped neighbours count as one mistake, because they are one typing mistake.
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                rows[i, j] = Cheapest(rows, a, b, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Cheapest(int[,] rows, string a, string b, int i, int j)
    {
        var change = a[i - 1] == b[j - 1] ? 0 : 1;
        var best = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
