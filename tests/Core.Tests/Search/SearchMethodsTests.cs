using Trainyard.Core.Search;
using Trainyard.Core.Search.Methods;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Tests.Search;

public sealed class SearchMethodsTests
{
    private static readonly string[] Names = ["random", "rbfopt", "grid", "tpe", "gp"];

    public static TheoryData<string> Methods => [.. Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_same_record_gives_the_same_point(string method)
    {
        var space = new SearchSpace([Range("x", 0, 1), Choice("c", "a", "b", "d"), Steps("n", 1, 9, 2)]);
        var tried = Search(space, method, 14, seed: 3);

        var (one, other) = (Next(space, method, tried, 3), Next(space, method, tried, 3));

        Assert.NotNull(one);
        Assert.Equal(one, other);
        Assert.NotEqual(tried[^1].Point, one);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_point_of_a_small_space_is_tried_once_and_then_the_search_ends(string method)
    {
        var space = new SearchSpace([Steps("n", 1, 4, 1), Choice("c", "a", "b", "d")]);

        var tried = Search(space, method, 20, seed: 7);

        Assert.Equal(12, tried.Count);
        Assert.Equal(12, tried.Select(t => string.Join(' ', space.ValuesAt(t.Point).Values)).Distinct().Count());
    }

    [Theory]
    [InlineData("rbfopt", 0.2)]
    [InlineData("gp", 0.2)]
    [InlineData("tpe", 0.4)]
    public void A_model_finds_better_points_than_chance(string method, double atMost)
    {
        var space = new SearchSpace([Range("x", -5, 10), Range("y", 0, 15)]);
        double[] Best(string name) =>
            [
                .. Enumerable
                    .Range(1, 9)
                    .Select(seed => Search(space, name, 35, seed).Min(t => t.Loss!.Value) - 0.397887),
            ];

        var (model, chance) = (Median(Best(method)), Median(Best("random")));

        Assert.True(model <= atMost * chance, $"{model} against {chance} by chance");
    }

    /// <summary>Which rate is good depends on the choice: each hyperparameter by itself says nothing.</summary>
    [Theory]
    [InlineData("gp")]
    [InlineData("rbfopt")]
    public void A_model_finds_what_goes_well_together_in_a_mixed_space(string method)
    {
        var space = new SearchSpace([
            Range("rate", 0, 1),
            Steps("layers", 1, 8, 1),
            Choice("optimizer", "sgd", "adam", "rmsprop", "adagrad"),
        ]);
        double[] Best(string name) => [.. Enumerable.Range(1, 9).Select(seed => BestMixed(space, name, seed))];

        var (model, chance) = (Median(Best(method)), Median(Best("random")));

        Assert.True(model <= 0.5 * chance, $"{model} against {chance} by chance");
    }

    private static double BestMixed(SearchSpace space, string method, int seed)
    {
        var search = SearchMethods.Create(method, space, gridLevels: 5);
        var tried = new List<Observation>();
        for (var i = 0; i < 40; i++)
        {
            var point = search.Propose(tried, seed)!;
            tried.Add(new Observation(point, MixedLoss(space.ValuesAt(point))));
        }
        return tried.Min(t => t.Loss!.Value);
    }

    private static double MixedLoss(SortedDictionary<string, ParameterValue> at)
    {
        var best = at["optimizer"].Text switch
        {
            "adam" => 0.2,
            "rmsprop" => 0.4,
            "sgd" => 0.8,
            _ => 0.95,
        };
        var cost = at["optimizer"].Text == "adam" ? 0 : 0.1;
        return cost + (4 * Math.Pow(at["rate"].Number - best, 2)) + (0.02 * Math.Pow(at["layers"].Number - 4, 2));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Points_under_way_and_failed_ones_are_no_obstacle(string method)
    {
        var space = new SearchSpace([Range("x", 0, 1), Range("y", 0, 1)]);
        var tried = new List<Observation>();
        for (var i = 0; i < 24; i++)
        {
            var point = Next(space, method, tried, 5)!;
            Assert.All(point, unit => Assert.InRange(unit, 0, 1));
            tried.Add(new Observation(point, i % 3 == 0 ? null : point[0], IsPending: i % 6 == 0));
        }
        Assert.Equal(24, tried.Select(t => (t.Point[0], t.Point[1])).Distinct().Count());
    }

    [Fact]
    public void Random_values_reach_all_of_the_range()
    {
        var space = new SearchSpace([Range("x", 0, 1)]);

        var units = Search(space, "random", 200, seed: 1).ConvertAll(t => t.Point[0]);

        for (var tenth = 0; tenth < 10; tenth++)
        {
            Assert.InRange(units.Count(u => (int)(u * 10) == tenth), 5, 40);
        }
    }

    private static List<Observation> Search(SearchSpace space, string method, int points, int seed)
    {
        var tried = new List<Observation>();
        while (tried.Count < points && Next(space, method, tried, seed) is { } point)
        {
            tried.Add(new Observation(point, Loss(space, point)));
        }
        return tried;
    }

    private static double[]? Next(SearchSpace space, string method, List<Observation> tried, int seed) =>
        SearchMethods.Create(method, space, gridLevels: 5).Propose(tried, seed);

    // Branin's function of the first two numbers, where there are two.
    private static double Loss(SearchSpace space, double[] point)
    {
        var values = space.ValuesAt(point);
        if (!values.TryGetValue("y", out var second))
        {
            return point.Sum();
        }
        var (x, y) = (values["x"].Number, second.Number);
        var inner = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
        return (inner * inner) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static HyperParameter Range(string name, double min, double max) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Double,
            Range = new HyperParameterRange(min, max),
        };

    private static HyperParameter Steps(string name, double min, double max, double step) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Int,
            Range = new HyperParameterRange(min, max, step),
        };

    private static HyperParameter Choice(string name, params string[] values) =>
        new()
        {
            Name = name,
            Kind = HyperParameterKind.Text,
            Values = values,
        };
}
