using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Reading;

/// <summary><c>${env:NAME}</c>: a value that the CLI takes from its environment before it sends a manifest.</summary>
internal static partial class EnvReference
{
    public const string Sign = "${env:";

    /// <summary>The value when it is nothing but a reference (which is no secret), else a reference by this name.</summary>
    public static string For(string value, string name) =>
        Pattern().Match(value) is { Success: true, Index: 0 } match && match.Length == value.Length
            ? value
            : $"${{env:{name}}}";

    [GeneratedRegex(
        @"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    public static partial Regex Pattern();
}
