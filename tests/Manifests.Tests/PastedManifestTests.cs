using System.Text;
using Trainyard.Manifests.Excerpts;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Tests;

/// <summary>Slips of the pen and habits of the time: each is told where it is, and none tells a secret.</summary>
public sealed class PastedManifestTests
{
    private const string Canary = "CanarySecret9X7";

    [Theory]
    [InlineData("access_key_id:CanarySecret9X7")]
    [InlineData("secret_access_key:CanarySecret9X7")]
    [InlineData("secret_access_key=CanarySecret9X7")]
    [InlineData("'secret_access_key=CanarySecret9X7': x")]
    [InlineData("\"secret_access_key: CanarySecret9X7\": 1")]
    [InlineData("secret_acess_key:CanarySecret9X7")]
    [InlineData("secret_access_key CanarySecret9X7")]
    [InlineData("secret_access_key\u00A0CanarySecret9X7")]
    [InlineData("CanarySecret9X7")]
    [InlineData("CanarySecret9X7: x")]
    [InlineData("CanarySecret9X7: x, CanarySecret9X7: y")]
    [InlineData("secret_access_key:CanarySecret9X7, secret_access_key:CanarySecret9X7")]
    [InlineData("? [CanarySecret9X7]")]
    [InlineData("region: {CanarySecret9X7: x}")]
    [InlineData("token=CanarySecret9X7: {a: {b: 1, b: 2}}")]
    public void A_secret_in_the_place_of_a_key_is_nowhere_shown(string slip)
    {
        foreach (var text in Spellings(slip))
        {
            var result = ManifestParser.Parse(text);

            Assert.NotEmpty(result.Errors);
            Assert.All(
                result.Errors.Concat(result.Warnings),
                p =>
                {
                    Assert.DoesNotContain(Canary, $"{p.Message} {p.Path} {p.Allowed} {p.Suggestion}");
                    Assert.DoesNotContain(Canary, ProblemExcerpt.Render(text, p));
                }
            );
        }
    }

    // In a connection and in a webhook; in braces, in lines, and indented as if it belonged one level up.
    private static IEnumerable<string> Spellings(string slip)
    {
        yield return Manifest($"{{endpoint_url: \"http://x\", {slip}}}", "");
        yield return Manifest("{endpoint_url: \"http://x\"}", $"notify: {{url: \"https://x\", {slip}}}\n");
        if (!slip.Contains(", ") && !slip.StartsWith('?'))
        {
            yield return Manifest($"\n    endpoint_url: http://x\n    {slip}", "");
            yield return Manifest($"\n    {slip}\n    endpoint_url: http://x", "");
        }
    }

    private static string Manifest(string connection, string notify) =>
        $$"""
            model_definition:
              name: a
              framework: {name: python, version: "3"}
              execution: {command: "true", compute_configuration: small}
            training_data_reference:
              type: s3
              connection: {{connection}}
              source: {bucket: in-bucket}
            training_results_reference:
              type: file
              target: {bucket: out}
            {{notify}}
            """;

    [Fact]
    public void A_missing_space_after_a_colon_is_told_as_that()
    {
        var result = ManifestParser.Parse(
            Manifest("{endpoint_url: \"https://x\", access_key_id:AK, secret_access_key: s}", "")
        );

        var problem = Assert.Single(result.Errors);
        Assert.Equal("A colon and a space are missing after `access_key_id`.", problem.Message);
        Assert.Equal("training_data_reference.connection.access_key_id", problem.Path);
    }

    [Fact]
    public void The_keys_that_may_be_shown_are_those_of_every_connection() =>
        Assert.All(ConnectionKeys.AllNames, name => Assert.Contains(name, ShownKey.KnownInSecretSections));

    [Theory]
    [InlineData('\u00A0', "U+00A0, a no-break space")]
    [InlineData('\u3164', "U+3164, a Hangul filler")]
    [InlineData('\u2063', "U+2063, an invisible operator")]
    public void An_invisible_character_is_told_once_by_its_code_name_and_place(char character, string told)
    {
        var text = $"model_definition:\n  name: a\n  framework:\n    name:{character}python\n";

        var problem = Assert.Single(ManifestParser.Parse(text).Errors);

        Assert.Equal(ManifestCodes.InvisibleCharacter, problem.Code);
        Assert.Equal((4, 10), (problem.Line, problem.Column));
        Assert.StartsWith($"The character here is {told}", problem.Message);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    public void A_manifest_in_utf_16_is_told_as_such(string encoding, bool hasMark)
    {
        var text = (hasMark ? "\uFEFF" : "") + "name: a\n";

        var problem = Assert.Single(ManifestParser.Parse(Encoding.GetEncoding(encoding).GetBytes(text)).Errors);

        Assert.Equal(
            (ManifestCodes.NotUtf8, "The manifest is UTF-16 text; save it as UTF-8."),
            (problem.Code, problem.Message)
        );
    }

    [Fact]
    public void An_invisible_character_where_it_does_no_harm_is_a_warning()
    {
        var result = ManifestParser.Parse(
            Manifest("{}", "labels: {owner: \"a\u200Bb\"}\n").Replace("name: a", "name: a\u00A0b")
        );

        Assert.Equal(
            [(2, 10), (12, 19)],
            result.Warnings.Where(w => w.Code == ManifestCodes.InvisibleCharacter).Select(w => (w.Line, w.Column))
        );
    }

    [Fact]
    public void An_invisible_character_may_be_meant_as_an_escape()
    {
        var text = Minimal.Replace("command: \"true\"", "command: \"echo \\u00A0.\"");
        Assert.Equal("echo \u00A0.", ManifestParser.Parse(text).Manifest!.Command);
    }

    [Theory]
    [InlineData("> \n    a --one\n      --two\n    three", "a --one --two three")]
    [InlineData(">-\n    a\n      --one \\\n      --two\n\n      --three\n", "a --one --two --three")]
    [InlineData("|\n    a\n    b", "a\nb")]
    [InlineData("|\n    a\n      b\n", "a\n  b")]
    public void A_folded_command_is_one_line_and_a_literal_one_keeps_its_lines(string written, string runs)
    {
        var text = Minimal.Replace(
            "  execution: {command: \"true\", compute_configuration: small}",
            $"  compute_configuration: small\n  execution:\n   command: {written}"
        );
        Assert.Equal(runs, ManifestParser.Parse(text).Manifest!.Command);
    }

    [Theory]
    [InlineData("author: {name: \"\", email: \"\"}", null)]
    [InlineData("author: {}", null)]
    [InlineData("author: {name: me, email: \"\"}", "me")]
    [InlineData("author: \"\"", null)]
    public void An_empty_author_says_nothing(string author, string? name)
    {
        var result = ManifestParser.Parse(Minimal.Replace("  name: a", $"  name: a\n  {author}"));
        Assert.Empty(result.Errors);
        Assert.Equal(name, result.Manifest!.Author?.Name);
    }

    [Theory]
    [InlineData("labels: {a: null}", "labels.a")]
    [InlineData("labels: {a: }", "labels.a")]
    [InlineData("env: {A: ~}", "env.A")]
    public void A_label_or_variable_without_a_value_is_refused(string line, string path)
    {
        var problem = Assert.Single(ManifestParser.Parse(Minimal + line).Errors);
        Assert.Equal(ManifestCodes.Required, problem.Code);
        Assert.Equal($"`{path}` has no value.", problem.Message);
    }

    [Fact]
    public void A_required_key_without_a_value_is_not_called_missing()
    {
        var problem = Assert.Single(ManifestParser.Parse(Minimal.Replace("name: a", "name: null")).Errors);
        Assert.Equal("`model_definition.name` has no value: it is what lists show the run as.", problem.Message);
        Assert.Equal(2, problem.Line);
    }

    [Theory]
    [InlineData("0.005", 0.1)]
    [InlineData("0.1", 0.1)]
    [InlineData("0.5", 0.5)]
    public void Fewer_CPUs_than_the_least_are_raised_with_a_warning(string asked, double gets)
    {
        var result = ManifestParser.Parse(
            Minimal.Replace("configuration: small", $"configuration: {{cpus: {asked}, memory: 1 GB}}")
        );
        Assert.Equal(gets, result.Manifest!.Compute.Cpus);
        Assert.Equal(asked == "0.005", result.Warnings.Any(w => w.Code == ManifestCodes.Raised));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public void No_CPUs_at_all_are_refused(string asked) =>
        Assert.Equal(
            ManifestCodes.OutOfRange,
            Assert
                .Single(
                    ManifestParser
                        .Parse(
                            Minimal.Replace("configuration: small", $"configuration: {{cpus: {asked}, memory: 1 GB}}")
                        )
                        .Errors
                )
                .Code
        );

    private static readonly string Minimal = """
        model_definition:
          name: a
          framework: {name: python, version: "3"}
          execution: {command: "true", compute_configuration: small}
        training_data_reference: {type: file, source: {bucket: in}}
        training_results_reference: {type: file, target: {bucket: out}}

        """.ReplaceLineEndings("\n");
}
