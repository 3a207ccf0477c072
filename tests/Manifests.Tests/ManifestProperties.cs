using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Tests;

public sealed class ManifestProperties
{
    private static readonly Config ManyTimes = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void The_canonical_form_of_any_manifest_parses_to_itself() =>
        Check(
            Any.Manifest,
            manifest =>
            {
                var canonical = CanonicalManifest.Write(manifest);
                var parsed = ManifestParser.Parse(canonical, mode: ManifestParseMode.Offline);
                Assert.Empty(parsed.Errors);
                Assert.Equal(Json.Of(manifest), Json.Of(parsed.Manifest!));
                Assert.Equal(canonical, CanonicalManifest.Write(parsed.Manifest!, parsed.Secrets));
            }
        );

    [Fact]
    public void The_order_of_keys_never_matters() =>
        Check(
            from name in Gen.Elements(
                Corpus
                    .Names.Where(n => ManifestParser.Parse(Corpus.Bytes(n)).IsValid)
                    // JSON cannot fold a text, which makes one line of this one's command.
                    .Where(n => n != "ffdl-as-its-examples-are.yaml")
                    .ToArray()
            )
            from seed in Gen.Choose(0, int.MaxValue)
            select (name, seed),
            sample =>
            {
                var text = System.Text.Encoding.UTF8.GetString(Corpus.Bytes(sample.name)).TrimStart('\uFEFF');
                var tree = Reordering.AsText(new YamlTreeReader(new(), new ProblemList(1)).Read(text)!);
                var shuffled = Reordering.Shuffled(tree, new Random(sample.seed)).ToJsonString();

                var expected = ManifestParser.Parse(text);
                var actual = ManifestParser.Parse(shuffled);

                Assert.Empty(actual.Errors);
                Assert.Equal(expected.Dialect, actual.Dialect);
                Assert.Equal(Json.Of(expected.Manifest!), Json.Of(actual.Manifest!));
                Assert.Equal(
                    expected.Warnings.Select(w => w.Code).Order(),
                    actual.Warnings.Select(w => w.Code).Order()
                );
            }
        );

    [Fact]
    public void Any_text_written_as_a_scalar_reads_back() =>
        Check(
            Any.Lines,
            text =>
            {
                foreach (var written in new[] { YamlText.Scalar(text), YamlText.Quoted(text) })
                {
                    var read = new YamlTreeReader(new(), new ProblemList(1)).Read($"a: {written}\n");
                    Assert.Equal(text, ((YamlScalar)((YamlMap)read!).Entries[0].Value).Text);
                }
            }
        );

    [Fact]
    public void Durations_and_sizes_read_back() =>
        Check(
            Gen.Choose(0, int.MaxValue),
            number =>
            {
                var duration = TimeSpan.FromSeconds(number);
                Assert.Equal(duration, DurationText.Read(DurationText.Write(duration)));
                Assert.Equal(number, SizeText.Read(SizeText.Write(number)));
                Assert.Equal(number * 1024L, SizeText.Read($"{number}kib"));
            }
        );

    [Fact]
    public void No_bytes_make_the_parser_throw() =>
        Check(
            Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(),
            bytes => Assert.NotEmpty(ManifestParser.Parse(bytes).Errors)
        );

    [Theory]
    [InlineData("12")]
    [InlineData("h")]
    [InlineData("1h2")]
    [InlineData("1m1h")]
    [InlineData("1h1h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1 h")]
    [InlineData("99999999d")]
    [InlineData("")]
    public void What_is_no_duration_is_refused(string text) => Assert.Null(DurationText.Read(text));

    [Theory]
    [InlineData("12")]
    [InlineData("GB")]
    [InlineData("1.5 B")]
    [InlineData("1..5 GB")]
    [InlineData("-1 GB")]
    [InlineData("1 PB")]
    [InlineData("9999999999999 TB")]
    [InlineData("")]
    public void What_is_no_size_is_refused(string text) => Assert.Null(SizeText.Read(text));

    [Theory]
    [InlineData("12Gb", 12_000_000_000)]
    [InlineData("512 mib", 536_870_912)]
    [InlineData("1.5 GiB", 1_610_612_736)]
    [InlineData(".5 KB", 500)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes) =>
        Assert.Equal(bytes, SizeText.Read(text));

    private static void Check<T>(Gen<T> gen, Action<T> holds) => Prop.ForAll(gen.ToArbitrary(), holds).Check(ManyTimes);
}

/// <summary>The same manifest with its keys in another order, as JSON (every scalar a text).</summary>
internal static class Reordering
{
    public static JsonNode AsText(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(
                map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, (JsonNode?)AsText(e.Value)))
            ),
            YamlList list => new JsonArray([.. list.Items.Select(AsText)]),
            _ => JsonValue.Create(((YamlScalar)node).Text),
        };

    public static JsonNode Shuffled(JsonNode node, Random random)
    {
        if (node is JsonArray list)
        {
            return new JsonArray([.. list.Select(i => Shuffled(i!, random))]);
        }

        if (node is not JsonObject map)
        {
            return node.DeepClone();
        }

        var entries = map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Shuffled(p.Value!, random))).ToArray();
        random.Shuffle(entries);
        return new JsonObject(entries);
    }
}
