using System.Globalization;

namespace Trainyard.Benchmarks.Manifests;

internal sealed record FuzzOptions(int Count, int Seed)
{
    public static FuzzOptions Parse(string[] args) => new(Number(args, 0) ?? 200_000, Number(args, 1) ?? 1);

    private static int? Number(string[] args, int at) =>
        args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : null;
}
