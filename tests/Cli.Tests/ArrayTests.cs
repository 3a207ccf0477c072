using Trainyard.Cli.Submission;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Manifests;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Reading;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

/// <summary>Arrays on the command line: how they are given, sent and shown.</summary>
public sealed class ArrayTests : IDisposable
{
    private const string Manifest = """
        model_definition:
          name: digits
          framework: {name: python, version: "3"}
          execution:
            command: python3 train.py
            compute_configuration: {name: small}
        training_data_reference: {type: file, source: {bucket: data}}
        training_results_reference: {type: file, target: {bucket: results}}

        """;

    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("LR=0.1,0.01", "LR", "0.1|0.01")]
    [InlineData("LR=0.1", "LR", "0.1")]
    [InlineData("A= x ,y", "A", " x |y")]
    [InlineData("A=b=c,d", "A", "b=c|d")]
    [InlineData("A=\"b,c\",d", "A", "b,c|d")]
    [InlineData("A=\"say \"\"hi\"\"\"", "A", "say \"hi\"")]
    [InlineData("A=\"\",b", "A", "|b")]
    [InlineData("A=b,\"\"", "A", "b|")]
    [InlineData("A=5\",b", "A", "5\"|b")]
    public void Values_stand_between_commas_and_in_quotes_may_hold_them(string text, string name, string values)
    {
        var read = ArrayArgument.Parse(text)!;

        Assert.Equal((name, values), (read.Name, string.Join('|', read.Values)));
    }

    [Theory]
    [InlineData("LR")]
    [InlineData("=0.1")]
    [InlineData("LR=")]
    [InlineData("LR=a,")]
    [InlineData("LR=,a")]
    [InlineData("LR=a,,b")]
    [InlineData("LR=\"a")]
    [InlineData("LR=\"a\"b")]
    [InlineData("")]
    public void What_is_no_list_of_values_is_refused(string text) => Assert.Null(ArrayArgument.Parse(text));

    [Theory]
    [InlineData(Manifest)]
    [InlineData("# first\n---\n" + Manifest + "# last\n...\n# after\n")]
    [InlineData("\uFEFF" + Manifest)]
    [InlineData("{\"model_definition\": {\"name\": \"x\"}, \"labels\": {\"a\": \"b\"}}")]
    [InlineData("  model_definition:\n    name: indented\n  labels: {a: b}")]
    [InlineData("model_definition:\r\n  name: x\r\nlabels:\r\n  a: b\r\n")]
    [InlineData("model_definition:\n  execution:\n    command: |\n      a\n      b")]
    public void An_array_is_written_into_every_form_of_a_manifest(string text)
    {
        var variables = new Dictionary<string, IReadOnlyList<string>>
        {
            ["LR"] = ["0.1", "a, \"b\": [ü]"],
            ["B"] = [""],
        };

        var written = ArrayText.Insert(text, variables)!;

        var lines = text.Split('\n');
        if (!text.StartsWith('{'))
        {
            Assert.Equal(
                lines.SkipLast(1),
                written.Split('\n').Where(l => !l.Contains("array:")).Take(lines.Length - 1)
            );
        }
        var known = ManifestParser.Parse(written, mode: ManifestParseMode.Offline);
        Assert.DoesNotContain(known.Errors, error => error.Path.StartsWith("array", StringComparison.Ordinal));
        if (known.Manifest is { } manifest)
        {
            Assert.Equal(variables["LR"], manifest.Array!.Variables["LR"]);
            Assert.Equal([""], manifest.Array.Variables["B"]);
        }
    }

    [Theory]
    [InlineData("array: {A: [1]}\n")]
    [InlineData("- a\n")]
    [InlineData("a: [\n")]
    [InlineData("")]
    public void A_text_that_takes_no_array_is_left(string text) =>
        Assert.Null(ArrayText.Insert(text, new Dictionary<string, IReadOnlyList<string>> { ["LR"] = ["1"] }));

    [Fact]
    public async Task What_is_sent_is_the_manifest_with_the_array_at_its_end()
    {
        await using var service = await FakeService.StartAsync();
        var array = new RunArrayResource
        {
            Guid = "training-DOl4q2LkR",
            Count = 4,
            Variables = new Dictionary<string, IReadOnlyList<string>> { ["LR"] = ["1", "2"], ["N"] = ["a", "b,c"] },
            States = new(4, 0, 0, 0, 0),
        };
        service.Answer("POST /v3/models", With(array));
        var model = Path.GetDirectoryName(_files.Write("model/train.py", "print()\n"))!;

        var run = await BxRun.OfAsync(
            service,
            ["ml", "train", model, _files.Write("m.yaml", Manifest), "--array", "LR=1,2", "--array", "N=a,\"b,c\""]
        );

        Assert.Equal("Starting to train ...\nOK\nModel-ID is 'training-DOl4q2LkR'\n", run.Out);
        Assert.Equal((0, "an array of 4 runs: LR (2 values) x N (2 values)\n"), (run.ExitCode, run.Error));
        Assert.Equal(
            Manifest + "array: {\"LR\": [\"1\", \"2\"], \"N\": [\"a\", \"b,c\"]}\n",
            Assert.Single(service.Received).Parts[0].Text
        );
    }

    [Theory]
    [InlineData("DATA_DIR=a", "`array.DATA_DIR` is set by the service itself")]
    [InlineData("2=a", "`array.2` is not a variable's name")]
    [InlineData("A=${env:HOME}", "holds an ${env:…} reference")]
    public async Task A_wrong_array_is_refused_before_anything_is_sent(string array, string words)
    {
        await using var service = await FakeService.StartAsync();
        var model = Path.GetDirectoryName(_files.Write("model/train.py", "print()\n"))!;

        var run = await BxRun.OfAsync(
            service,
            ["ml", "train", model, _files.Write("m.yaml", Manifest), "--array", array]
        );

        Assert.Equal(5, run.ExitCode);
        Assert.Contains(words, run.Error);
        Assert.Contains("m.yaml:9:", run.Error);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task A_manifest_with_an_array_takes_no_other()
    {
        await using var service = await FakeService.StartAsync();
        var model = Path.GetDirectoryName(_files.Write("model/train.py", "print()\n"))!;
        var manifest = _files.Write("m.yaml", Manifest + "array: {A: [1]}\n");

        var run = await BxRun.OfAsync(service, ["ml", "train", model, manifest, "--array", "B=1"]);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("has 'array' already", run.Error);
        Assert.Empty(service.Received);
    }

    [Theory]
    [InlineData("--array", "LR=1,2", "--array", "LR=3")]
    [InlineData("--array", "LR")]
    public async Task A_slip_is_told_by_the_usage(params string[] options)
    {
        await using var service = await FakeService.StartAsync();

        var run = await BxRun.OfAsync(service, ["ml", "validate", _files.Write("m.yaml", Manifest), .. options]);

        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public async Task Validation_says_how_many_runs_there_are()
    {
        await using var service = await FakeService.StartAsync();
        var manifest = _files.Write("m.yaml", Manifest);

        var run = await BxRun.OfAsync(
            service,
            ["ml", "validate", manifest, "--array", "LR=0.1,0.01,1", "--array", "S=1,2"]
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("6 runs: LR (3 values) x S (2 values)", run.Out);
        Assert.Contains("array:\n  LR: [\"0.1\", \"0.01\", \"1\"]\n  S: [\"1\", \"2\"]\n", run.Out);
    }

    [Fact]
    public async Task The_list_of_an_arrays_runs_has_their_values_and_ends()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "GET /v3/models?limit=200&array=training-DOl4q2LkR",
            new RunListResource { Resources = [With(Element(0, "0.1"))], Next = "/v3/models?limit=200&continuation=1" }
        );
        service.Answer(
            "GET /v3/models?limit=200&continuation=1",
            new RunListResource { Resources = [With(Element(1, "0.01"), exitCode: 3)] }
        );

        var run = await BxRun.OfAsync(service, "ml", "list", "training-runs", "--array", "training-DOl4q2LkR");

        Assert.Equal(
            """
            Fetching the list of training runs ...
            index   values    guid                 status    exit
            0       LR=0.1    training-DOl4q2LkR   pending
            1       LR=0.01   training-DOl4q2LkR   pending   3

            2 records found.
            OK
            List all training-runs successful

            """,
            string.Join('\n', run.Out.Split('\n').Select(line => line.TrimEnd()))
        );
    }

    [Theory]
    [InlineData("models")]
    [InlineData("training-runs", "5b21ea03-0936-4829-a96c-946638e84d6d", "5b21ea03-0936-4829-a96c-946638e84d6d")]
    public async Task Only_training_runs_are_those_of_an_array(params string[] what)
    {
        await using var service = await FakeService.StartAsync();

        var run = await BxRun.OfAsync(service, ["ml", "list", .. what, "--array", "training-DOl4q2LkR"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--array", run.Error);
        Assert.Empty(service.Received);
    }

    private static RunArrayResource Element(int index, string value) =>
        new()
        {
            Guid = "training-DOl4q2LkR",
            Count = 2,
            Index = index,
            Values = new Dictionary<string, string> { ["LR"] = value },
        };

    private static RunResource With(RunArrayResource array, int? exitCode = null)
    {
        var run = DocumentedRuns.Pending();
        var status = run.Entity.Status with { ExitCode = exitCode };
        return run with { Entity = run.Entity with { Array = array, Status = status } };
    }
}
