using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Model;

/// <summary>Which documented form a manifest was written in; docs/manifest.md shows each.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ManifestDialect>))]
public enum ManifestDialect
{
    /// <summary>Nothing was recognised.</summary>
    Unknown,

    /// <summary>October 2017, JSON: <c>resourceType</c>, <c>container</c>, <c>userId</c>.</summary>
    A,

    /// <summary>November 2017: <c>resource</c>, lists, <c>aws_*</c> keys, <c>type</c> inside source and target.</summary>
    B,

    /// <summary>November 2017 with OpenStack Swift.</summary>
    BSwift,

    /// <summary>February 2018: maps, <c>compute_configuration</c>, <c>type</c> beside source and target.</summary>
    C,

    /// <summary>March 2018: <c>nodes</c>, names such as <c>k80</c>, <c>runtimes</c> as a map.</summary>
    CPrime,

    /// <summary>Fabric for Deep Learning's own: <c>framework</c> and <c>data_stores</c> at the top.</summary>
    Ffdl,

    /// <summary>Keys of several dialects in one file.</summary>
    Hybrid,
}

public static class ManifestDialects
{
    /// <summary>The dialect in a few words for people.</summary>
    public static string Describe(this ManifestDialect dialect) =>
        dialect switch
        {
            ManifestDialect.A => "A (October 2017, JSON)",
            ManifestDialect.B => "B (November 2017)",
            ManifestDialect.BSwift => "B-swift (November 2017, OpenStack Swift)",
            ManifestDialect.C => "C (February 2018)",
            ManifestDialect.CPrime => "C' (March 2018)",
            ManifestDialect.Ffdl => "FfDL",
            ManifestDialect.Hybrid => "a mixture of dialects",
            _ => "unknown",
        };
}
