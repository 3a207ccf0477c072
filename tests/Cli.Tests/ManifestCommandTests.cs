using Trainyard.Manifests;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class ManifestCommandTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    private Dictionary<string, string> Here => new() { ["PWD"] = _files.Path };

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_manifest_is_generated_that_validates()
    {
        var generated = await BxRun.WithAsync(Here, "ml", "generate-manifest", "training-runs");
        var validated = await BxRun.WithAsync(Here, "ml", "validate", "training-runs.yml");

        Assert.Equal("OK\nA sample manifest file is written to 'training-runs.yml'.\n", generated.Out);
        Assert.Equal(StarterManifest.Text, File.ReadAllText(_files.File("training-runs.yml")));
        Assert.Equal((0, ""), (validated.ExitCode, validated.Error));
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_replaced_unless_asked()
    {
        _files.Write("training-runs.yml", "mine");

        var refused = await BxRun.WithAsync(Here, "ml", "generate-manifest", "training-runs");
        var forced = await BxRun.WithAsync(Here, "ml", "generate-manifest", "training-runs", "--force");

        Assert.Equal(5, refused.ExitCode);
        Assert.Equal("error: 'training-runs.yml' is there already: move it away, or say --force.\n", refused.Error);
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal(StarterManifest.Text, File.ReadAllText(_files.File("training-runs.yml")));
    }

    [Fact]
    public async Task Validate_says_what_was_understood_and_prints_the_canonical_form()
    {
        _files.Write("old.yaml", OldManifest);

        var run = await BxRun.WithAsync(Here, "ml", "validate", "old.yaml");

        Assert.StartsWith(
            """
            Validating the manifest 'old.yaml' ...
            Dialect        B (November 2017)
            Name           tf-mnist-showtest1
            """,
            run.Out
        );
        Assert.Contains("\nCompute        1 GPU, 6 CPUs, 12.0 GB memory\n", run.Out);
        Assert.Contains("\nCanonical form:\n\nmodel_definition:\n  name: tf-mnist-showtest1\n", run.Out);
        Assert.EndsWith("\nOK\nValidate manifest successful\n", run.Out);
        Assert.DoesNotContain("very-secret", run.Out + run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task The_canonical_form_alone_is_a_manifest()
    {
        _files.Write("old.yaml", OldManifest);

        var run = await BxRun.WithAsync(Here, "ml", "validate", "old.yaml", "--canonical");
        _files.Write("new.yaml", run.Out);
        var again = await BxRun.WithAsync(Here, "ml", "validate", "new.yaml", "--canonical");

        Assert.Equal(run.Out, again.Out);
        Assert.Equal(0, again.ExitCode);
    }

    [Fact]
    public async Task Validate_says_which_disk_is_asked_for()
    {
        var canonical = (await CanonicalAsync()).Replace("name: small", "name: small\n      disk: 200 GB");
        _files.Write("disk.yaml", canonical);

        var run = await BxRun.WithAsync(Here, "ml", "validate", "disk.yaml");

        Assert.Contains("\nCompute        1 GPU, 6 CPUs, 12.0 GB memory, 200 GB disk\n", run.Out);
        Assert.Contains("\n      disk: 200 GB\n", run.Out);
    }

    private async Task<string> CanonicalAsync()
    {
        _files.Write("old.yaml", OldManifest);
        return (await BxRun.WithAsync(Here, "ml", "validate", "old.yaml", "--canonical")).Out;
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_with_its_line()
    {
        _files.Write("wrong.yaml", OldManifest.Replace("small", "smal").Replace("framework:", "framwork:"));

        var run = await BxRun.WithAsync(Here, "ml", "validate", "wrong.yaml");

        Assert.Equal(5, run.ExitCode);
        Assert.StartsWith("error: 'wrong.yaml' has ", run.Error);
        Assert.Contains("wrong.yaml:2:3: ", run.Error);
        Assert.Contains("    2 |   framwork:\n", run.Error);
        Assert.Contains("did you mean `framework`?\n", run.Error);
        Assert.Contains("wrong.yaml:8:15: ", run.Error);
        Assert.DoesNotContain("very-secret", run.Error);
    }

    [Fact]
    public async Task As_json_a_validation_is_one_document()
    {
        _files.Write("old.yaml", OldManifest);
        _files.Write("wrong.yaml", "model_definition: 7\n");

        var right = await BxRun.WithAsync(Here, "ml", "validate", "old.yaml", "-o", "json");
        var wrong = await BxRun.WithAsync(Here, "ml", "validate", "wrong.yaml", "-o", "json");

        Assert.True(right.Json.GetProperty("valid").GetBoolean());
        Assert.Equal("B", right.Json.GetProperty("dialect").GetString());
        Assert.StartsWith("model_definition:\n", right.Json.GetProperty("canonical").GetString());
        Assert.Equal((0, 5), (right.ExitCode, wrong.ExitCode));
        Assert.Contains(
            wrong.Json.GetProperty("errors").EnumerateArray(),
            e => e.GetProperty("path").GetString() == "model_definition" && e.GetProperty("line").GetInt32() == 1
        );
    }

    [Fact]
    public async Task A_manifest_that_is_not_there_is_told()
    {
        var run = await BxRun.WithAsync(Here, "ml", "validate", "nope.yaml");

        Assert.Equal((5, "error: There is no file 'nope.yaml': check the path.\n"), (run.ExitCode, run.Error));
    }

    private const string OldManifest = """
        model_definition:
          framework:
            name: tensorflow
            version: 1.2-py3
          name: tf-mnist-showtest1
          execution:
            command: python3 convolutional_network.py
            resource: small
        training_data:
        - connection:
            endpoint_url: https://s3.example.com
            aws_access_key_id: AKIAVERYSECRET
            aws_secret_access_key: very-secret
          source:
            bucket: mnist-training-data
            type: s3
        training_results:
          connection:
            endpoint_url: https://s3.example.com
            aws_access_key_id: AKIAVERYSECRET
            aws_secret_access_key: very-secret
          target:
            bucket: mnist-training-models
            type: s3

        """;
}
