using System.Globalization;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Reading;

/// <summary>Reads one field as a number, a duration or a size, within its range. Null where it is none, with a problem.</summary>
internal static class QuantityReading
{
    public static int? Whole(this ManifestContext context, Field? field, int least, int most)
    {
        var text = context.Text(field, 64);
        if (text is null)
        {
            return null;
        }

        var allowed = $"a whole number from {least} to {most}";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            // FfDL may write a whole number as 1.0.
            if (
                !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
                || real != Math.Floor(real)
                || Math.Abs(real) > int.MaxValue
            )
            {
                return context.BadValue<int>(field!, ManifestCodes.NotANumber, "is not a whole number", allowed);
            }

            number = (long)real;
        }

        return number < least || number > most
            ? context.BadValue<int>(field!, ManifestCodes.OutOfRange, "is out of range", allowed)
            : (int)number;
    }

    public static double? Number(this ManifestContext context, Field? field, double least, double most)
    {
        var text = context.Text(field, 64);
        if (text is null)
        {
            return null;
        }

        var allowed = string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}");
        if (
            !double.TryParse(
                text,
                NumberStyles.Float & ~NumberStyles.AllowThousands,
                CultureInfo.InvariantCulture,
                out var number
            ) || !double.IsFinite(number)
        )
        {
            return context.BadValue<double>(field!, ManifestCodes.NotANumber, "is not a number", allowed);
        }

        if (number > 0 && number < least)
        {
            context.Problems.Warn(
                ManifestCodes.Raised,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Quote.Key(field!.Path)} is raised to {least}, the least there is."
                ),
                field.Path,
                field.Mark,
                allowed
            );
            return least;
        }

        return number < least || number > most
            ? context.BadValue<double>(field!, ManifestCodes.OutOfRange, "is out of range", allowed)
            : number;
    }

    public static TimeSpan? Duration(this ManifestContext context, Field? field, TimeSpan least, TimeSpan most)
    {
        var text = context.Words(field, 64);
        if (text is null)
        {
            return null;
        }

        var allowed =
            $"{DurationText.Write(least)} to {DurationText.Write(most)}, written as 90s, 45m, 12h, 7d or 1h30m";
        return DurationText.Read(text) switch
        {
            null => context.BadValue<TimeSpan>(
                field!,
                ManifestCodes.NotADuration,
                "is not a duration with its unit",
                allowed
            ),
            { } d when d < least || d > most => context.BadValue<TimeSpan>(
                field!,
                ManifestCodes.OutOfRange,
                "is out of range",
                allowed
            ),
            { } d => d,
        };
    }

    public static long? Size(this ManifestContext context, Field? field, long least, long most)
    {
        var text = context.Words(field, 64);
        if (text is null)
        {
            return null;
        }

        var allowed = $"{SizeText.Write(least)} to {SizeText.Write(most)}, written as 512 MB, 12 GB or 16 GiB";
        return SizeText.Read(text) switch
        {
            null => context.BadValue<long>(field!, ManifestCodes.NotASize, "is not a size with its unit", allowed),
            { } s when s < least || s > most => context.BadValue<long>(
                field!,
                ManifestCodes.OutOfRange,
                "is out of range",
                allowed
            ),
            { } s => s,
        };
    }

    private static T? BadValue<T>(this ManifestContext context, Field field, string code, string what, string allowed)
        where T : struct
    {
        context.Problems.Error(code, $"{Quote.Key(field.Path)} {what}.", field.Path, field.Mark, allowed);
        return null;
    }
}
