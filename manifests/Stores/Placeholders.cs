using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Stores;

/// <summary><c>&lt;auth-url&gt;</c> and the like: what documentation shows where the user's own value belongs.</summary>
internal static class Placeholders
{
    private const int Longest = 64;

    public static bool IsPlaceholder(string text) =>
        text.Length is > 2 and <= Longest
        && text is ['<', .., '>']
        && text.AsSpan(1, text.Length - 2).IndexOfAny('<', '>') < 0;

    public static T? Report<T>(ManifestContext context, Field field)
        where T : class =>
        context.Bad<T>(
            field,
            ManifestCodes.Placeholder,
            "is still the documentation's placeholder; replace the placeholder with your own value"
        );
}
