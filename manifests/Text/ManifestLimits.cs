using System.ComponentModel.DataAnnotations;

namespace Trainyard.Manifests.Text;

/// <summary>
/// Bounds on a manifest's text, so that a hostile one costs little, and on what it may ask of the service. Settings
/// section <c>Manifests</c>.
/// </summary>
public sealed class ManifestLimits
{
    public const string SectionName = "Manifests";

    public static ManifestLimits Default { get; } = new();

    /// <summary>Bytes of the whole text. Default 65,536 (64 KiB); 1,024 to 4,194,304.</summary>
    [Range(1_024, 4_194_304)]
    public int MaxBytes { get; set; } = 64 * 1024;

    /// <summary>Maps and lists inside one another. Default 24; 8 to 64.</summary>
    [Range(8, 64)]
    public int MaxDepth { get; set; } = 24;

    /// <summary>Scalars, maps and lists in the text. Default 5,000; 100 to 100,000.</summary>
    [Range(100, 100_000)]
    public int MaxNodes { get; set; } = 5_000;

    /// <summary>The same with every alias counted as the whole it stands for. Default 10,000; 100 to 100,000.</summary>
    [Range(100, 100_000)]
    public int MaxExpandedNodes { get; set; } = 10_000;

    /// <summary>Aliases (<c>*name</c>). Default 100; 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int MaxAliases { get; set; } = 100;

    /// <summary>Characters of one scalar. Default 32,768; 256 to 1,048,576.</summary>
    [Range(256, 1_048_576)]
    public int MaxScalarLength { get; set; } = 32 * 1024;

    /// <summary>Problems reported; what is found beyond is counted in one last problem. Default 100; 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int MaxProblems { get; set; } = 100;

    /// <summary>The shortest <c>checkpoint.interval</c>. Default 1 min; 1 s to 10 min, which is the default interval.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MinCheckpointInterval { get; set; } = TimeSpan.FromMinutes(1);
}
