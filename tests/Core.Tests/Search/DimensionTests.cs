using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Search;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Tests.Search;

/// <summary>Which values a hyperparameter has.</summary>
public sealed class DimensionTests
{
    [Fact]
    public void A_range_with_a_step_has_both_ends_and_no_rounding_errors() =>
        Assert.Equal(
            ["0.005", "0.006", "0.007", "0.008", "0.009", "0.01"],
            ValuesOf(HyperParameterKind.Double, new(0.005, 0.01, 0.001))
        );

    [Fact]
    public void A_step_that_does_not_meet_the_end_stops_before_it() =>
        Assert.Equal(["0.001", "0.002"], ValuesOf(HyperParameterKind.Double, new(0.001, 0.0025, 0.001)));

    [Fact]
    public void A_range_of_whole_numbers_has_each() =>
        Assert.Equal(["5", "6", "7"], ValuesOf(HyperParameterKind.Int, new(5, 7)));

    [Fact]
    public void With_a_power_the_range_holds_its_exponents() =>
        Assert.Equal(["32", "64", "128", "256", "512", "1024"], ValuesOf(HyperParameterKind.Int, new(5, 10, Power: 2)));

    [Fact]
    public void A_power_with_steps_of_a_real_range() =>
        Assert.Equal(["0.001", "0.01", "0.1"], ValuesOf(HyperParameterKind.Double, new(-3, -1, 1, Power: 10)));

    [Fact]
    public void A_real_range_has_any_value_between_and_its_logarithm_is_even_with_a_power()
    {
        var plain = Dimension.Of(Of(HyperParameterKind.Double, new(2, 4)));
        var power = Dimension.Of(Of(HyperParameterKind.Double, new(-4, 0, Power: 10)));

        Assert.Null(plain.Count);
        Assert.Equal((2, 3, 4), (plain.At(0).Number, plain.At(0.5).Number, plain.At(1).Number));
        Assert.Equal(0.01, power.At(0.5).Number, 12);
    }

    [Fact]
    public void A_range_of_one_value_has_one() => Assert.Equal(["3"], ValuesOf(HyperParameterKind.Int, new(3, 3)));

    [Fact]
    public void Listed_numbers_are_in_order_and_listed_texts_as_they_are()
    {
        Assert.Equal(["0.001", "0.01", "0.1"], ListedOf(HyperParameterKind.Double, "0.1", "0.001", "0.01", "0.1"));
        Assert.Equal(["sgd", "adam"], ListedOf(HyperParameterKind.Text, "sgd", "adam"));
    }

    [Theory]
    [InlineData(HyperParameterKind.Double, 0.005, 0.01, 0.001, null)]
    [InlineData(HyperParameterKind.Double, -3, 3, null, null)]
    [InlineData(HyperParameterKind.Int, 5, 10, null, 2.0)]
    [InlineData(HyperParameterKind.Double, -5, 0, null, 10.0)]
    public void A_value_is_found_again_at_its_place(
        HyperParameterKind kind,
        double min,
        double max,
        double? step,
        double? power
    )
    {
        var dimension = Dimension.Of(Of(kind, new(min, max, step, power)));
        for (var unit = 0.0; unit <= 1; unit += 0.05)
        {
            var at = dimension.Snap(unit);
            Assert.Equal(at, dimension.UnitOf(dimension.At(at)), 9);
        }
    }

    [Fact]
    public void Values_are_plain_JSON()
    {
        var values = new SortedDictionary<string, ParameterValue>
        {
            ["layers"] = ParameterValue.Of(3),
            ["optimizer"] = ParameterValue.Of("adam"),
            ["rate"] = ParameterValue.Of(0.001),
        };

        var json = JsonSerializer.Serialize(values, WireJson.Options);

        Assert.Equal("""{"layers":3,"optimizer":"adam","rate":0.001}""", json);
        Assert.Equal(
            values,
            JsonSerializer.Deserialize<SortedDictionary<string, ParameterValue>>(json, WireJson.Options)
        );
    }

    private static IEnumerable<string> ValuesOf(HyperParameterKind kind, HyperParameterRange range) =>
        ValuesOf(Dimension.Of(Of(kind, range)));

    private static IEnumerable<string> ListedOf(HyperParameterKind kind, params string[] values) =>
        ValuesOf(
            Dimension.Of(
                new HyperParameter
                {
                    Name = "x",
                    Kind = kind,
                    Values = values,
                }
            )
        );

    private static IEnumerable<string> ValuesOf(Dimension dimension)
    {
        var count = dimension.Count!.Value;
        for (long i = 0; i < count; i++)
        {
            yield return dimension.At(Dimension.UnitOfIndex(i, count)).ToString();
        }
    }

    private static HyperParameter Of(HyperParameterKind kind, HyperParameterRange range) =>
        new()
        {
            Name = "x",
            Kind = kind,
            Range = range,
        };
}
