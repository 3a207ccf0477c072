using System.Globalization;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Search;

/// <summary>One hyperparameter of a search: maps coordinates from 0 to 1 to values.</summary>
public abstract class Dimension(string name)
{
    public string Name { get; } = name;

    /// <summary>The number of values; null for a continuous range.</summary>
    public abstract long? Count { get; }

    /// <summary>Whether the values have no order.</summary>
    public virtual bool IsCategorical => false;

    public abstract ParameterValue At(double unit);

    /// <summary>The coordinate of a value that <see cref="At"/> gave.</summary>
    public abstract double UnitOf(ParameterValue value);

    /// <summary>The coordinate of the nearest value.</summary>
    public double Snap(double unit)
    {
        var inside = Math.Clamp(unit, 0, 1);
        return Count is { } count ? UnitOfIndex(IndexOf(inside, count), count) : inside;
    }

    /// <summary>The index of the value, from 0, at a coordinate.</summary>
    public static long IndexOf(double unit, long count) => Math.Min(count - 1, (long)(unit * count));

    /// <summary>The middle of a value's interval.</summary>
    public static double UnitOfIndex(long index, long count) => (index + 0.5) / count;

    public static Dimension Of(HyperParameter parameter) =>
        parameter switch
        {
            { Range: { Step: null } range, Kind: HyperParameterKind.Double } => new ContinuousDimension(
                parameter.Name,
                range
            ),
            { Range: { } range } => new SteppedDimension(parameter.Name, range),
            { Values: { } values, Kind: HyperParameterKind.Text } => new ListedDimension(
                parameter.Name,
                [.. values.Distinct().Select(ParameterValue.Of)],
                isCategorical: true
            ),
            { Values: { } values } => new ListedDimension(
                parameter.Name,
                [.. values.Select(NumberOf).Distinct().Order().Select(ParameterValue.Of)],
                isCategorical: false
            ),
            _ => throw new ArgumentException("A hyperparameter has a range or values.", nameof(parameter)),
        };

    private static double NumberOf(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A continuous range; with a power, a range of exponents.</summary>
internal sealed class ContinuousDimension(string name, HyperParameterRange range) : Dimension(name)
{
    public override long? Count => range.Max > range.Min ? null : 1;

    public override ParameterValue At(double unit)
    {
        var exponent = Math.Clamp(range.Min + (unit * (range.Max - range.Min)), range.Min, range.Max);
        return ParameterValue.Of(range.Power is { } power ? Math.Pow(power, exponent) : exponent);
    }

    public override double UnitOf(ParameterValue value)
    {
        if (Count is 1)
        {
            return UnitOfIndex(0, 1);
        }
        var exponent = range.Power is { } power ? Math.Log(value.Number, power) : value.Number;
        return Math.Clamp((exponent - range.Min) / (range.Max - range.Min), 0, 1);
    }
}

/// <summary>The values of a range at whole steps from its minimum.</summary>
internal sealed class SteppedDimension : Dimension
{
    // The range 0.005 to 0.01 by 0.001 includes 0.01, despite the rounding errors of binary fractions.
    private const double Tolerance = 1e-9;

    private readonly HyperParameterRange _range;
    private readonly double _step;
    private readonly long _count;

    public SteppedDimension(string name, HyperParameterRange range)
        : base(name)
    {
        _range = range;
        _step = range.Step ?? 1;
        _count = (long)Math.Floor(((range.Max - range.Min) / _step) + Tolerance) + 1;
    }

    public override long? Count => _count;

    public override ParameterValue At(double unit)
    {
        var exponent = Clean(_range.Min + (IndexOf(unit, _count) * _step));
        return ParameterValue.Of(_range.Power is { } power ? Clean(Math.Pow(power, exponent)) : exponent);
    }

    public override double UnitOf(ParameterValue value)
    {
        var exponent = _range.Power is { } power ? Math.Log(value.Number, power) : value.Number;
        var index = Math.Clamp((long)Math.Round((exponent - _range.Min) / _step), 0, _count - 1);
        return UnitOfIndex(index, _count);
    }

    // Removes rounding errors: 0.006, not 0.006000000000000001.
    private static double Clean(double value) =>
        double.Parse(value.ToString("G15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

/// <summary>The values of a list.</summary>
internal sealed class ListedDimension(string name, IReadOnlyList<ParameterValue> values, bool isCategorical)
    : Dimension(name)
{
    public override long? Count => values.Count;

    public override bool IsCategorical => isCategorical;

    public override ParameterValue At(double unit) => values[(int)IndexOf(unit, values.Count)];

    public override double UnitOf(ParameterValue value)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
            {
                return UnitOfIndex(i, values.Count);
            }
        }
        return UnitOfIndex(0, values.Count);
    }
}
