using System.Diagnostics;
using System.Globalization;
using Trainyard.Benchmarks.Search;
using Trainyard.Core.Search;

// dotnet run -c Release --project benchmarks/Search [POINTS] [REPEATS] [PARALLEL]
var points = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
var repeats = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 25;
var parallel = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1;
string[] methods = ["random", "rbfopt", "tpe", "gp"];

Console.WriteLine($"{points} points, {parallel} at once; median of {repeats} searches; in brackets the quartiles");
Console.WriteLine("function           method   above the least         of random's  random needs  s/point");
foreach (var function in TestFunction.All)
{
    var randomCurve = new List<double[]>();
    foreach (var method in methods)
    {
        var clock = Stopwatch.StartNew();
        var curves = Enumerable
            .Range(1, repeats)
            .AsParallel()
            .Select(seed => Runner.Curve(function, method, points, parallel, seed))
            .ToList();
        var seconds = clock.Elapsed.TotalSeconds / (points * repeats);
        if (method == "random")
        {
            randomCurve =
            [
                .. Enumerable
                    .Range(1, repeats)
                    .AsParallel()
                    .Select(seed => Runner.Curve(function, method, points * 40, 1, seed)),
            ];
        }
        var ends = curves.Select(c => c[^1]).Order().ToList();
        var ratio = Quartile(ends, 2) / Quartile([.. randomCurve.Select(c => c[points - 1]).Order()], 2);
        var needs = Enumerable
            .Range(0, points * 40)
            .FirstOrDefault(i => Quartile([.. randomCurve.Select(c => c[i]).Order()], 2) <= Quartile(ends, 2), -1);
        Console.WriteLine(
            $"{function.Name, -18} {method, -8} {Quartile(ends, 2), -8:G3} ({Quartile(ends, 1):G3}-{Quartile(ends, 3):G3})".PadRight(
                52
            )
                + $"{ratio, 10:G3}  {(needs < 0 ? ">" + (points * 40) : (needs + 1).ToString(CultureInfo.InvariantCulture)), 12}  {seconds:F4}"
        );
    }
}

Console.WriteLine();
Console.WriteLine(
    "early stopping (asha) of a network's search: 81 points of 81 steps on a virtual clock, 8 GPUs; medians of the same points"
);
var network = TestFunction.All[^1];
foreach (var factor in new[] { 0, 2, 3, 4 })
{
    var rule = factor == 0 ? null : new SuccessiveHalving(minSteps: 3, factor);
    var ends = Enumerable.Range(1, repeats).AsParallel().Select(seed => Halving.Run(network, 81, seed, rule)).ToList();
    Console.WriteLine(
        $"{(factor == 0 ? "none" : $"factor {factor}"), -9} best {Middle(ends, e => e.Best):G3}  steps {Middle(ends, e => e.Steps):F0}  GPU seconds {Middle(ends, e => e.GpuSeconds):F0}"
    );
}

static double Middle(List<Halving.Outcome> ends, Func<Halving.Outcome, double> number) =>
    Quartile([.. ends.Select(number).Order()], 2);

static double Quartile(List<double> ordered, int quarter) => ordered[(ordered.Count - 1) * quarter / 4];
