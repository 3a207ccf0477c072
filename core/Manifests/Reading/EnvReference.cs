using System.Text.RegularExpressions;

namespace Trainyard.Core.Manifests.Reading;

/// <summary><c>${env:NAME}</c>: a value that the CLI takes from its environment before it sends a manifest.</summary>
internal static partial class EnvReference
{
    public const string Sign = "${env:";

    [GeneratedRegex(
        @"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    public static partial Regex Pattern();
}
