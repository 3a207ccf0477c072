using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Rules;

/// <summary>Names of container images: host, path, tag, digest.</summary>
internal static partial class ImageReference
{
    public static bool IsValid(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(
        @"\A[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]{1,5}(?=/))?(/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?\z",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pattern();
}
