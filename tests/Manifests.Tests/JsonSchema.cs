using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Tests;

/// <summary>
/// The part of JSON Schema (2020-12) that docs/manifest.schema.json uses. A keyword it does not know is an
/// error, so that the schema cannot say something that no test checks.
/// </summary>
internal sealed class JsonSchema(JsonObject root)
{
    private static readonly HashSet<string> Annotations = ["$schema", "title", "description", "default", "$defs"];

    public static JsonSchema Load(string path) => new(JsonNode.Parse(File.ReadAllText(path))!.AsObject());

    public JsonObject Root => root;

    public bool Accepts(JsonNode? value) => Accepts(root, value);

    public JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference
            ? root["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!.AsObject()
            : schema;

    private bool Accepts(JsonObject schema, JsonNode? value) =>
        schema.All(keyword => Annotations.Contains(keyword.Key) || Holds(schema, keyword.Key, keyword.Value!, value));

    private bool Holds(JsonObject schema, string keyword, JsonNode argument, JsonNode? value) =>
        keyword switch
        {
            "$ref" => Accepts(Resolve(schema), value),
            "type" => Types(argument).Any(t => IsOf(t, value)),
            "const" => JsonNode.DeepEquals(argument, value),
            "enum" => argument.AsArray().Any(a => JsonNode.DeepEquals(a, value)),
            "oneOf" => argument.AsArray().Count(a => Accepts(a!.AsObject(), value)) == 1,
            "anyOf" => argument.AsArray().Any(a => Accepts(a!.AsObject(), value)),
            "not" => !Accepts(argument.AsObject(), value),
            "pattern" => value is not JsonValue v
                || !v.TryGetValue<string>(out var s)
                || Regex.IsMatch(s, argument.GetValue<string>()),
            "minLength" => Text(value) is not { } s || s.Length >= argument.GetValue<int>(),
            "maxLength" => Text(value) is not { } s || s.Length <= argument.GetValue<int>(),
            "minimum" => Number(value) is not { } n || n >= argument.GetValue<double>(),
            "maximum" => Number(value) is not { } n || n <= argument.GetValue<double>(),
            "maxItems" => value is not JsonArray a || a.Count <= argument.GetValue<int>(),
            "minItems" => value is not JsonArray a || a.Count >= argument.GetValue<int>(),
            "items" => value is not JsonArray a || a.All(i => Accepts(argument.AsObject(), i)),
            "required" => value is not JsonObject o
                || argument.AsArray().All(k => o.ContainsKey(k!.GetValue<string>())),
            "properties" => value is not JsonObject o
                || o.All(p => argument[p.Key] is not JsonObject s || Accepts(s, p.Value)),
            "additionalProperties" => value is not JsonObject o
                || o.Where(p => schema["properties"]?[p.Key] is null)
                    .All(p => argument is JsonObject s && Accepts(s, p.Value)),
            "propertyNames" => value is not JsonObject o
                || o.All(p => Accepts(argument.AsObject(), JsonValue.Create(p.Key))),
            "minProperties" => value is not JsonObject o || o.Count >= argument.GetValue<int>(),
            "maxProperties" => value is not JsonObject o || o.Count <= argument.GetValue<int>(),
            _ => throw new NotSupportedException($"The schema's keyword {keyword} is not tested."),
        };

    private static IEnumerable<string> Types(JsonNode argument) =>
        argument is JsonArray many ? many.Select(t => t!.GetValue<string>()) : [argument.GetValue<string>()];

    private static bool IsOf(string type, JsonNode? value) =>
        type switch
        {
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "string" => Text(value) is not null,
            "boolean" => value is JsonValue v && v.TryGetValue<bool>(out _),
            "number" => Number(value) is not null,
            "integer" => Number(value) is { } n && n == Math.Floor(n),
            _ => throw new NotSupportedException($"The schema's type {type} is not tested."),
        };

    private static string? Text(JsonNode? value) =>
        value is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonNode? value) =>
        value is JsonValue v && v.TryGetValue<double>(out var number) ? number : null;
}
