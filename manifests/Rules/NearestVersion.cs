using System.Globalization;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Rules;

/// <summary>The offered version nearest to one asked for: by its numbers, or by its letters if it has none.</summary>
internal static class NearestVersion
{
    public static string? To(string asked, IReadOnlyList<string> offered)
    {
        if (Numbers(asked) is not { } wanted)
        {
            return Nearest.To(asked, offered) ?? (offered.Count == 1 ? offered[0] : null);
        }

        return offered
            .Select(v => (Version: v, Numbers: Numbers(v)))
            .Where(v => v.Numbers is not null)
            .OrderBy(v => Apart(wanted, v.Numbers!))
            .Select(v => v.Version)
            .FirstOrDefault();
    }

    // A different major version is the largest difference: 1.10 is nearer to 1.12 than to 2.10.
    private static double Apart(double[] a, double[] b) =>
        (Math.Abs(a[0] - b[0]) * 1e8) + (Math.Abs(a[1] - b[1]) * 1e4) + Math.Abs(a[2] - b[2]);

    private static double[]? Numbers(string version)
    {
        var parts = version.TrimStart('v').Split('-')[0].Split('.');
        var numbers = new double[3];
        for (var i = 0; i < Math.Min(3, parts.Length); i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return i == 0 ? null : numbers;
            }

            numbers[i] = number;
        }

        return numbers;
    }
}
