using System.Text;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>Which part of a bucket is meant: <c>prefix</c>, and for the data <c>include</c> and <c>exclude</c>.</summary>
internal static class PlaceReading
{
    private const string Folder = "a folder's path in the bucket, without `.`, `..`, `//` and a `/` at its beginning";
    private const string Pattern =
        "a pattern such as `*.csv` or `images/**/*.png`: `*` and `?` within a name, `**` for any folders";

    /// <summary>A folder of the bucket, with the slash at its end that its keys have; null for all of the bucket.</summary>
    public static string? Prefix(ManifestContext context, Section place)
    {
        var field = place.Take("prefix");
        var text = context.Words(field, FieldLimits.Path);
        if (text is null)
        {
            return null;
        }

        var folder = text.EndsWith('/') ? text[..^1] : text;
        return IsPath(folder) && Encoding.UTF8.GetByteCount(folder) <= FieldLimits.Path
            ? folder + "/"
            : context.Bad<string>(field!, ManifestCodes.NotAllowed, "is no folder of a bucket", Folder);
    }

    public static IReadOnlyList<string> Patterns(ManifestContext context, Section place, string key)
    {
        if (place.Take(key) is not { } field)
        {
            return [];
        }

        if (field.Value is not YamlList { Items.Count: > 0 } list)
        {
            context.WrongShape(field.Value, field.Path, "a list of patterns");
            return [];
        }

        if (list.Items.Count > FieldLimits.Patterns)
        {
            context.Bad<string>(
                field,
                ManifestCodes.TooMany,
                $"has {list.Items.Count} entries",
                $"at most {FieldLimits.Patterns}"
            );
            return [];
        }

        return
        [
            .. list
                .Items.Select((item, i) => new Field($"[{i}]", $"{field.Path}[{i}]", item, item.Start))
                .Select(item => One(context, item))
                .OfType<string>(),
        ];
    }

    private static string? One(ManifestContext context, Field item)
    {
        var text = context.Words(item, FieldLimits.Path);
        return text is null || (IsPath(text) && text.Split('/').All(IsPatternOfName))
            ? text
            : context.Bad<string>(item, ManifestCodes.NotAllowed, "is no pattern", Pattern);
    }

    private static bool IsPath(string path) =>
        !path.Any(char.IsControl) && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static bool IsPatternOfName(string part) => part == "**" || !part.Contains("**");
}
