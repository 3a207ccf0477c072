using YamlDotNet.Core;

namespace Trainyard.Core.Manifests.Yaml;

/// <summary>Says in our own words what the YAML library found, without any piece of the text.</summary>
internal static class YamlSyntax
{
    private static readonly (string Sign, string Sentence)[] Known =
    [
        ("tab", "YAML is indented with spaces; a tab stands here."),
        (
            "block mapping",
            "This line does not fit the map it stands in: check its indentation and the colon after each key."
        ),
        (
            "block sequence",
            "This line does not fit the list it stands in: check its indentation and the dash before each item."
        ),
        ("flow mapping", "A map in braces is not closed, or a comma is missing."),
        ("flow sequence", "A list in brackets is not closed, or a comma is missing."),
        ("simple key", "A key needs a colon and a space after it, on the same line."),
        ("mapping values are not allowed", "A colon and a space stand inside a value; put the value in quotes."),
        ("quoted scalar", "A quoted text is not closed, or has an escape that YAML does not know."),
        ("block scalar", "A block text (| or >) is not indented as it should be."),
        ("plain scalar", "This text needs quotes."),
        ("anchor", "An anchor or alias (& or *) has no valid name."),
        ("tag", "Tags (!name) have no meaning in a manifest."),
        ("directive", "A line that starts with % is not part of a manifest."),
    ];

    public static string Explain(YamlException e)
    {
        var known = Known.FirstOrDefault(k => e.Message.Contains(k.Sign, StringComparison.OrdinalIgnoreCase));
        return known.Sentence ?? "This is not valid YAML.";
    }
}
