using System.Globalization;
using Trainyard.Core.Search;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Benchmarks.Search;

/// <summary>A documented function to be made least, and its least value.</summary>
internal sealed record TestFunction(
    string Name,
    IReadOnlyList<HyperParameter> Parameters,
    Func<IReadOnlyDictionary<string, ParameterValue>, double> Loss,
    double Least
)
{
    public static IReadOnlyList<TestFunction> All { get; } =
    [
        new("Branin, 2", [Range("a", -5, 10), Range("b", 0, 15)], Branin, 0.397887),
        new("Hartmann, 6", [.. Enumerable.Range(0, 6).Select(i => Range($"x{i}", 0, 1))], Hartmann, -3.32237),
        new("Rosenbrock, 4", [.. Enumerable.Range(0, 4).Select(i => Range($"x{i}", -2, 2))], Rosenbrock, 0),
        new(
            "Network, 5 mixed",
            [
                Range("rate", -5, 0) with
                {
                    Range = new HyperParameterRange(-5, 0, Power: 10),
                },
                Whole("layers", 1, 8),
                Whole("width", 4, 10) with
                {
                    Range = new HyperParameterRange(4, 10, Power: 2),
                },
                Range("dropout", 0, 0.9),
                Choice("optimizer", "sgd", "adam", "rmsprop", "adagrad"),
            ],
            Network,
            0
        ),
    ];

    private static HyperParameter Range(string name, double min, double max) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Double,
            Range = new HyperParameterRange(min, max),
        };

    private static HyperParameter Whole(string name, double min, double max) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Int,
            Range = new HyperParameterRange(min, max),
        };

    private static HyperParameter Choice(string name, params string[] values) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Text,
            Values = values,
        };

    private static double Branin(IReadOnlyDictionary<string, ParameterValue> at)
    {
        var (x, y) = (at["a"].Number, at["b"].Number);
        var inner = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
        return (inner * inner) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
    }

    private static double Hartmann(IReadOnlyDictionary<string, ParameterValue> at)
    {
        double[] heights = [1, 1.2, 3, 3.2];
        double[][] slopes =
        [
            [10, 3, 17, 3.5, 1.7, 8],
            [0.05, 10, 17, 0.1, 8, 14],
            [3, 3.5, 1.7, 10, 17, 8],
            [17, 8, 0.05, 10, 0.1, 14],
        ];
        double[][] centres =
        [
            [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
            [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
            [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
            [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
        ];
        var x = Coordinates(at, 6);
        return -Enumerable
            .Range(0, 4)
            .Sum(i => heights[i] * Math.Exp(-x.Select((v, j) => slopes[i][j] * Math.Pow(v - centres[i][j], 2)).Sum()));
    }

    private static double Rosenbrock(IReadOnlyDictionary<string, ParameterValue> at)
    {
        var x = Coordinates(at, 4);
        return Enumerable.Range(0, 3).Sum(i => (100 * Math.Pow(x[i + 1] - (x[i] * x[i]), 2)) + Math.Pow(1 - x[i], 2));
    }

    // What tuning a network is like: a narrow valley in the logarithm of the rate that depends on the optimizer, whole
    // numbers, and a choice.
    private static double Network(IReadOnlyDictionary<string, ParameterValue> at)
    {
        var rate = Math.Log10(at["rate"].Number);
        var (bestRate, cost) = at["optimizer"].Text switch
        {
            "adam" => (-3.0, 0.0),
            "rmsprop" => (-3.5, 0.05),
            "sgd" => (-1.0, 0.1),
            _ => (-1.5, 0.3),
        };
        return cost
            + (0.4 * Math.Pow(rate - bestRate, 2))
            + (0.05 * Math.Pow(at["layers"].Number - 4, 2))
            + (0.08 * Math.Pow(Math.Log2(at["width"].Number) - 8, 2))
            + (1.5 * Math.Pow(at["dropout"].Number - 0.3, 2));
    }

    private static double[] Coordinates(IReadOnlyDictionary<string, ParameterValue> at, int count) =>
        [.. Enumerable.Range(0, count).Select(i => at["x" + i.ToString(CultureInfo.InvariantCulture)].Number)];
}
