using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Reads a <c>double_range</c> or an <c>int_range</c>.</summary>
internal static class RangeReading
{
    /// <summary>Beyond it a double does not hold every whole number.</summary>
    public const double LargestWhole = 9_007_199_254_740_992;

    private const double SmallestStep = 1e-300;
    private const double MostSteps = 1e15;

    public static HyperParameterRange? Read(ManifestContext context, Section section, HyperParameterKind kind)
    {
        var isWhole = kind is HyperParameterKind.Int;
        var min = Number(context, section, "min_value", isWhole);
        var max = Number(context, section, "max_value", isWhole);
        var (stepField, powerField) = (section.Take("step"), section.Take("power"));
        var step = Positive(context, stepField, isWhole);
        var power = Positive(context, powerField, isWhole);
        if (min is not { } least || max is not { } greatest || (stepField, step) is (not null, null))
        {
            return null;
        }

        if (greatest < least)
        {
            return context.Bad<HyperParameterRange>(
                section.Take("max_value")!,
                ManifestCodes.OutOfRange,
                "is less than min_value",
                "at least min_value"
            );
        }

        if (step is { } s && (greatest - least) / s > MostSteps)
        {
            return context.Bad<HyperParameterRange>(
                stepField!,
                ManifestCodes.OutOfRange,
                "is so small that the values cannot be told apart"
            );
        }

        return (powerField, power) is (not null, null) ? null
            : power is { } p ? WithPower(context, powerField!, new(least, greatest, step, p), isWhole)
            : new(least, greatest, step);
    }

    private static HyperParameterRange? WithPower(
        ManifestContext context,
        Field field,
        HyperParameterRange range,
        bool isWhole
    )
    {
        var power = range.Power!.Value;
        if (power == 1)
        {
            return context.Bad<HyperParameterRange>(
                field,
                ManifestCodes.OutOfRange,
                "is 1, and so is every power of it"
            );
        }

        var largest = Math.Max(Math.Pow(power, range.Min), Math.Pow(power, range.Max));
        if (largest > (isWhole ? LargestWhole : double.MaxValue) || (isWhole && range.Min < 0))
        {
            return context.Bad<HyperParameterRange>(
                field,
                ManifestCodes.OutOfRange,
                isWhole ? "gives values that are no whole numbers or too large" : "gives values that are too large"
            );
        }

        return range;
    }

    private static double? Number(ManifestContext context, Section section, string key, bool isWhole)
    {
        if (section.Take(key) is not { } field)
        {
            section.Missing(key, "a range has both ends");
            return null;
        }

        var most = isWhole ? LargestWhole : double.MaxValue / 4;
        return Whole(context, field, context.Number(field, -most, most), isWhole);
    }

    private static double? Positive(ManifestContext context, Field? field, bool isWhole) =>
        field is null
            ? null
            : Whole(
                context,
                field,
                isWhole
                    ? context.Number(field, 1, LargestWhole)
                    : context.Number(field, SmallestStep, double.MaxValue / 4),
                isWhole
            );

    private static double? Whole(ManifestContext context, Field field, double? number, bool isWhole)
    {
        if (!isWhole || number is not { } known || double.IsInteger(known))
        {
            return number;
        }

        context.Bad<string>(field, ManifestCodes.NotANumber, "is not a whole number", "a whole number");
        return null;
    }
}
