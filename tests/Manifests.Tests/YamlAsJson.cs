using System.Globalization;
using System.Text.Json.Nodes;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Tests;

/// <summary>YAML as an editor reads it: plain numbers and truth values have types, everything else is text.</summary>
internal static class YamlAsJson
{
    public static JsonNode? Read(string yaml) => Convert(new YamlTreeReader(new(), new ProblemList(1)).Read(yaml)!);

    private static JsonNode? Convert(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, Convert(e.Value)))),
            YamlList list => new JsonArray([.. list.Items.Select(Convert)]),
            YamlScalar { IsNull: true } => null,
            YamlScalar { IsPlain: true } scalar => Plain(scalar.Text),
            _ => ((YamlScalar)node).Text,
        };

    private static JsonNode Plain(string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
        : JsonValue.Create(text);
}
