using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Reading;

/// <summary>Things that only one dialect, or one year, writes.</summary>
[Flags]
internal enum DialectSigns
{
    None = 0,

    /// <summary><c>resourceType</c>, <c>userId</c>, <c>container</c>.</summary>
    October2017 = 1,

    /// <summary>References as lists, <c>type</c> inside source and target: A and B.</summary>
    Either2017 = 2,

    /// <summary><c>resource</c>, <c>aws_*</c>.</summary>
    November2017 = 4,

    /// <summary><c>user_name</c>, <c>domain_name</c>, <c>project_id</c>.</summary>
    Swift = 8,

    /// <summary><c>compute_configuration</c>, <c>type</c> beside source and target, <c>runtimes</c>.</summary>
    February2018 = 16,

    /// <summary><c>nodes</c>, <c>k80</c>, <c>runtimes</c> as a map.</summary>
    March2018 = 32,

    Ffdl = 64,
}

internal static class DialectRecognition
{
    public static ManifestDialect Recognise(DialectSigns signs)
    {
        var of2017 =
            signs
            & (DialectSigns.October2017 | DialectSigns.Either2017 | DialectSigns.November2017 | DialectSigns.Swift);
        var of2018 = signs & (DialectSigns.February2018 | DialectSigns.March2018);
        return (signs.HasFlag(DialectSigns.Ffdl), of2017, of2018) switch
        {
            (true, _, DialectSigns.None) when !signs.HasFlag(DialectSigns.October2017) => ManifestDialect.Ffdl,
            (true, _, _) => ManifestDialect.Hybrid,
            (_, DialectSigns.None, _) when of2018.HasFlag(DialectSigns.March2018) => ManifestDialect.CPrime,
            (_, DialectSigns.None, DialectSigns.February2018) => ManifestDialect.C,
            (_, _, DialectSigns.None) => Of2017(of2017),
            _ => ManifestDialect.Hybrid,
        };
    }

    private static ManifestDialect Of2017(DialectSigns signs)
    {
        var october = signs.HasFlag(DialectSigns.October2017);
        var november = signs.HasFlag(DialectSigns.November2017);
        var swift = signs.HasFlag(DialectSigns.Swift);
        return (october, november, swift) switch
        {
            (true, false, false) => ManifestDialect.A,
            (true, _, _) => ManifestDialect.Hybrid,
            (false, _, true) => ManifestDialect.BSwift,
            _ when signs == DialectSigns.None => ManifestDialect.Unknown,
            _ => ManifestDialect.B,
        };
    }
}
