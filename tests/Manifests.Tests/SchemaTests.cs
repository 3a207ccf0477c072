using System.Text.Json.Nodes;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Tests;

/// <summary>docs/manifest.schema.json, which editors read, and the parser say the same about canonical manifests.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.Load(
        Path.Combine(Corpus.Root(), "docs", "manifest.schema.json")
    );

    private static readonly List<string> Canonical =
    [
        .. Corpus
            .Names.Select(n => ManifestParser.Parse(Corpus.Bytes(n)))
            .Where(r => r.IsValid)
            .Select(r => CanonicalManifest.Write(r.Manifest!, r.Secrets))
            .Append(StarterManifest.Text),
    ];

    [Fact]
    public void The_schema_accepts_every_canonical_form() =>
        Assert.All(Canonical, yaml => Assert.True(Schema.Accepts(YamlAsJson.Read(yaml)), yaml));

    [Fact]
    public void Without_any_one_key_both_accept_or_both_refuse() =>
        ForEveryMap(
            (map, check) =>
            {
                foreach (var (key, value) in map.ToList())
                {
                    map.Remove(key);
                    check($"without {key}");
                    map[key] = value;
                }
            }
        );

    [Fact]
    public void A_key_that_is_unknown_is_refused_by_both_and_free_keys_are_accepted_by_both() =>
        ForEveryMap(
            (map, check) =>
            {
                map["surely_unknown"] = "x";
                check("with an unknown key");
                map.Remove("surely_unknown");
            }
        );

    [Fact]
    public void A_value_of_another_shape_is_refused_by_both() =>
        ForEveryMap(
            (map, check) =>
            {
                foreach (var (key, value) in map.ToList())
                {
                    map[key] = value is JsonObject ? new JsonArray() : new JsonObject();
                    check($"with another shape of {key}");
                    map[key] = value;
                }
            }
        );

    [Fact]
    public void The_parser_knows_every_key_of_the_schema() =>
        Assert.All(
            Keys(Schema.Root, ""),
            path =>
            {
                var manifest = Nested(path);
                var unknown = ManifestParser
                    .Parse(manifest.ToJsonString())
                    .Errors.Where(e => e.Code is ManifestCodes.UnknownKey or ManifestCodes.MisplacedKey);
                Assert.Empty(unknown);
            }
        );

    // Maps are changed in place and put back, so that each check differs in one thing.
    private static void ForEveryMap(Action<JsonObject, Action<string>> change)
    {
        foreach (var yaml in Canonical)
        {
            var manifest = YamlAsJson.Read(yaml)!.AsObject();
            foreach (var map in Maps(manifest).ToList())
            {
                change(map, what => Agree(manifest, $"{what} of {map.GetPath()}\n{yaml}"));
            }
        }
    }

    private static void Agree(JsonObject manifest, string what)
    {
        var parsed = ManifestParser.Parse(manifest.ToJsonString(), mode: ManifestParseMode.Offline);
        Assert.True(
            parsed.IsValid == Schema.Accepts(manifest),
            $"The parser says {(parsed.IsValid ? "valid" : parsed.Errors[0].Message)}, the schema does not, {what}"
        );
    }

    private static IEnumerable<JsonObject> Maps(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.Select(p => p.Value).SelectMany(Maps).Prepend(map),
            JsonArray list => list.SelectMany(Maps),
            _ => [],
        };

    private static IEnumerable<string> Keys(JsonObject schema, string path)
    {
        schema = Schema.Resolve(schema);
        var inner = schema["oneOf"]?.AsArray().Select(s => s!.AsObject()).SelectMany(s => Keys(s, path)) ?? [];
        var own =
            schema["properties"]
                ?.AsObject()
                .SelectMany(p => Keys(p.Value!.AsObject(), $"{path}/{p.Key}").Prepend($"{path}/{p.Key}"))
            ?? [];
        return own.Concat(inner).Distinct();
    }

    // The smallest manifest with that key; its type is what lets a connection's keys be told apart.
    private static JsonObject Nested(string path)
    {
        var root = new JsonObject();
        var at = root;
        foreach (var step in path.Trim('/').Split('/')[..^1])
        {
            var next = new JsonObject();
            at[step] = next;
            at = next;
        }

        at[path.Split('/')[^1]] = "x";
        root["model_definition"] ??= new JsonObject();
        return root;
    }
}
