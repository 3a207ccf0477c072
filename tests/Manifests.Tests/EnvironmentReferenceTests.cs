using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Tests;

public sealed class EnvironmentReferenceTests
{
    private const string Manifest = """
        model_definition: # ${env:COMMENT} stays
          name: flowers
          framework: {name: python, version: "3"}
          execution:
            command: echo ${env:NOT_THIS}
            compute_configuration: {name: small}
        training_data_reference:
          type: s3
          connection: &store
            endpoint_url: https://${env:HOST}
            access_key_id: ${env:KEY}
            secret_access_key: "${env:SECRET}"
          source: {bucket: flower-photos}
        training_results_reference:
          type: s3
          connection: *store
          target: {bucket: flower-models}
        notify:
          url: https://example.com
          signing_key: >-
            ${env:SIGN}
        priority: high

        """;

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["HOST"] = "s3.example.com:9000",
        ["KEY"] = "AK: #1",
        ["SECRET"] = "a\"b\\c${env:KEY}",
        ["SIGN"] = "s",
        ["NOT_THIS"] = "leak",
    };

    [Fact]
    public void Values_are_put_in_whatever_characters_they_hold()
    {
        var resolution = EnvReferences.Resolve(Manifest, Variables.GetValueOrDefault);
        var without = resolution.Text.Replace("${env:KEY}", "", StringComparison.Ordinal);
        var parsed = ManifestParser.Parse(without);

        Assert.Empty(resolution.Problems);
        Assert.Empty(parsed.Errors);
        Assert.Equal("AK: #1", parsed.Secrets!.Data.Reveal(CredentialField.AccessKeyId));
        Assert.Equal("a\"b\\c", parsed.Secrets.Results.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal("s", parsed.Secrets.NotifySecret!.Reveal());
        Assert.Equal(new Uri("https://s3.example.com:9000"), parsed.Manifest!.TrainingData.Endpoint);
    }

    [Fact]
    public void Everything_else_stays_as_it_was_written()
    {
        var lines = EnvReferences.Resolve(Manifest, Variables.GetValueOrDefault).Text.Split('\n');
        Assert.Equal("model_definition: # ${env:COMMENT} stays", lines[0]);
        Assert.Contains("    command: echo ${env:NOT_THIS}", lines);
        Assert.Contains("priority: high", lines);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_named_with_its_place()
    {
        var problem = Assert.Single(
            EnvReferences.Resolve(Manifest, name => name == "KEY" ? null : Variables.GetValueOrDefault(name)).Problems
        );
        Assert.Equal(ManifestCodes.EnvReference, problem.Code);
        Assert.Equal("training_data_reference.connection.access_key_id", problem.Path);
        Assert.Equal((11, 20), (problem.Line, problem.Column));
        Assert.Contains("KEY", problem.Message);
    }

    [Fact]
    public void Windows_line_ends_change_nothing()
    {
        var text = EnvReferences.Resolve(Manifest.ReplaceLineEndings("\r\n"), Variables.GetValueOrDefault).Text;
        Assert.Equal(EnvReferences.Resolve(Manifest, Variables.GetValueOrDefault).Text, text.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_text_that_is_no_manifest_is_left_alone() =>
        Assert.Equal("a: [${env:X}", EnvReferences.Resolve("a: [${env:X}", Variables.GetValueOrDefault).Text);

    [Fact]
    public void A_manifest_with_references_is_valid_offline_and_keeps_them()
    {
        var offline = ManifestParser.Parse(
            Manifest.Replace("${env:HOST}", "s3.example.com"),
            mode: ManifestParseMode.Offline
        );
        Assert.Empty(offline.Errors);
        Assert.Contains("${env:SECRET}", CanonicalManifest.Write(offline.Manifest!, offline.Secrets));
    }
}
