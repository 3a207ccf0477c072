using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Manifests;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private const string Manifest = "model_definition:\n  name: tf-mnist\n";
    private readonly TemporaryFolder _files = new();
    private readonly string _zip;
    private readonly string _manifest;

    public TrainTests()
    {
        _manifest = _files.Write("tf-train.yaml", Manifest);
        _files.Write("model/train.py", "print('hello')\n");
        _files.Write("model/.git/config", "[core]\n");
        _zip = _files.File("tf-model.zip");
        ZipFile.CreateFromDirectory(Path.Combine(_files.Path, "model"), _zip);
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_zip_and_a_manifest_start_a_run_with_the_words_of_the_sample()
    {
        await using var service = await StartAsync();

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, _manifest);

        Assert.Equal("Starting to train ...\nOK\nModel-ID is 'training-DOl4q2LkR'\n", run.Out);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Collection(
            Assert.Single(service.Received).Parts,
            part =>
                Assert.Equal(("manifest", "application/x-yaml", Manifest), (part.Name, part.ContentType, part.Text)),
            part =>
            {
                Assert.Equal(("model_definition", "application/zip"), (part.Name, part.ContentType));
                Assert.Equal(File.ReadAllBytes(_zip), part.Bytes);
            }
        );
    }

    [Fact]
    public async Task The_manifest_may_come_first()
    {
        await using var service = await StartAsync();

        var run = await BxRun.OfAsync(service, "ml", "train", _manifest, _zip);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Manifest, Assert.Single(service.Received).Parts[0].Text);
    }

    [Fact]
    public async Task A_folder_is_zipped_reproducibly_and_nothing_stays_behind()
    {
        await using var service = await StartAsync();
        var folder = Path.Combine(_files.Path, "model");

        await BxRun.OfAsync(service, "ml", "train", folder, _manifest);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "train.py"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        await BxRun.OfAsync(service, "ml", "train", folder, _manifest);

        var sent = service.Received.Select(r => r.Parts[1].Bytes).ToList();
        Assert.Equal(sent[0], sent[1]);
        using var archive = new ZipArchive(new MemoryStream(sent[0]));
        Assert.Equal("train.py", Assert.Single(archive.Entries).FullName);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), $"bx-{Environment.ProcessId}-*"));
    }

    [Fact]
    public async Task A_single_Python_file_needs_no_manifest()
    {
        await using var service = await StartAsync();
        var script = _files.Write("it's fine.py", "# /// script\n# dependencies = []\n# ///\nprint('hello')\n");
        string[] flags = ["--data", "images", "--results", "trained: \"x\"", "--with", "numpy>=1", "--with", "torch"];

        var run = await BxRun.OfAsync(service, ["ml", "train", script, .. flags, "--compute", "v100"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var parts = Assert.Single(service.Received).Parts;
        using var archive = new ZipArchive(new MemoryStream(parts[1].Bytes));
        Assert.Equal(["it's fine.py", "requirements.txt"], archive.Entries.Select(e => e.FullName));
        using var requirements = new StreamReader(archive.Entries[1].Open());
        Assert.Equal("numpy>=1\ntorch\n", await requirements.ReadToEndAsync());
        var text = parts[0].Text;
        Assert.Contains("dependencies: install\n", text);
        Assert.Contains("command: \"python3 'it'\\\\''s fine.py'\"\n", text);
        Assert.Contains("bucket: \"trained: \\\"x\\\"\"\n", text);
        Assert.Contains("name: \"v100\"\n", text);
        Assert.DoesNotContain("connection", text);
    }

    [Fact]
    public async Task The_manifest_of_a_single_file_is_a_good_one()
    {
        await using var service = await StartAsync();
        var script = _files.Write("train.py", "print('hello')\n");
        string[] stores = ["--store", "s3", "--endpoint", "https://s3.example.com", "--connection", "my-store"];

        await BxRun.OfAsync(service, ["ml", "train", script, "--data", "images", "--results", "trained", .. stores]);

        var text = Assert.Single(service.Received).Parts[0].Text;
        Assert.DoesNotContain("dependencies", text);
        var validated = await BxRun.OfAsync(service, "ml", "validate", _files.Write("made.yaml", text));
        Assert.True(validated.ExitCode == 0, validated.Out + validated.Error);
    }

    [Theory]
    [InlineData(
        "train.py",
        "needs a manifest; a single Python file may have --data BUCKET and --results BUCKET instead"
    )]
    [InlineData("train.py --data images", "needs a manifest;")]
    [InlineData("tf-model.zip --data images --results trained", "needs a manifest;")]
    [InlineData("no-such.py --data images --results trained", "needs a manifest;")]
    [InlineData("tf-model.zip tf-train.yaml --with numpy", "say what a manifest says: give them, or '")]
    public async Task Neither_a_manifest_nor_flags_or_both_is_refused(string arguments, string words)
    {
        await using var service = await StartAsync();
        _files.Write("train.py", "print('hello')\n");
        var words2018 = arguments.Split(' ').Select(a => a.Contains('.') ? _files.File(a) : a);

        var run = await BxRun.OfAsync(service, ["ml", "train", .. words2018]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(words, run.Error);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task Environment_references_in_connections_are_filled_in_before_sending()
    {
        await using var service = await StartAsync();
        var withReference = _files.Write(
            "env.yaml",
            "training_data_reference:\n  connection:\n    secret_access_key: ${env:MY_KEY}\n"
        );
        var variables = BxRun.Variables(service);
        variables["MY_KEY"] = "a\"b: #c";

        await BxRun.WithAsync(variables, "ml", "train", _zip, withReference);

        Assert.Equal(
            "training_data_reference:\n  connection:\n    secret_access_key: \"a\\\"b: #c\"\n",
            Assert.Single(service.Received).Parts[0].Text
        );
    }

    [Fact]
    public async Task A_variable_that_is_not_set_is_told_with_its_place_and_nothing_is_sent()
    {
        await using var service = await StartAsync();
        var withReference = _files.Write(
            "env.yaml",
            "a:\n  connection:\n    password: ${env:MY_KEY}\n    user_name: \"${env:OTHER}\"\n"
        );

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, withReference);

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(
            $$"""
            error: '{{withReference}}' takes values from variables that are not set: set them and train again.
            {{withReference}}:3:15: `a.connection.password` takes the variable `MY_KEY`, which is not set; set it, or write the value.
                3 |     password: ${env:MY_KEY}
                  |               ^
            {{withReference}}:4:16: `a.connection.user_name` takes the variable `OTHER`, which is not set; set it, or write the value.
                4 |     user_name: "${env:OTHER}"
                  |                ^

            """,
            run.Error
        );
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task Every_mistake_of_a_manifest_is_shown_where_it_is()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("POST /v3/models", SampleProblems.ThreeMistakes(), 400);
        var wrong = _files.Write("wrong.yaml", SampleProblems.Manifest);

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, wrong);

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(
            $"""
            error: The service found 3 problems, and nothing was started: correct them and train again.
            {wrong}:5:13: model_definition.execution.compute_configuration.name: 'smal' is no compute configuration.
                allowed: small, medium, large
                did you mean: small
                5 |       name: smal
                  |             ^
            {wrong}:8:5: training_data_reference.connection.acces_key_id: Unknown key.
                did you mean: access_key_id
                8 |     acces_key_id: ***
                  |     ^
            {_zip}: train.py: The command's main program is not in the archive.

            """,
            run.Error
        );
    }

    [Theory]
    [InlineData("missing.zip", "tf-train.yaml", "There is no file or folder 'missing.zip'")]
    [InlineData("tf-model.zip", "missing.yaml", "There is no file or folder 'missing.yaml'")]
    [InlineData("tf-model.zip", "model", "'model' is no manifest")]
    public async Task A_file_that_is_not_there_or_not_right_is_told(string model, string other, string expected)
    {
        await using var service = await StartAsync();
        var variables = BxRun.Variables(service);
        variables["PWD"] = _files.Path;

        var run = await BxRun.WithAsync(variables, "ml", "train", model, other);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task As_json_the_run_is_printed_and_nothing_else()
    {
        await using var service = await StartAsync();

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, _manifest, "--output", "json");

        Assert.Equal(DocumentedRuns.Id, run.Json.GetProperty("metadata").GetProperty("guid").GetString());
    }

    [Fact]
    public async Task A_program_that_is_not_in_the_archive_is_a_warning()
    {
        await using var service = await StartAsync();
        var wrong = _files.Write("wrong.yaml", StarterManifest.Text.Replace("train.py", "trian.py"));

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, wrong);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"{_zip}: warning: The command runs `trian.py`, which is not in the archive. The command will probably fail.\n",
            run.Error
        );
    }

    [Fact]
    public async Task Files_of_an_archive_that_are_one_file_elsewhere_are_a_warning()
    {
        await using var service = await StartAsync();
        var manifest = _files.Write("whole.yaml", StarterManifest.Text);
        _files.Write("model/Train.py", "print()");
        var zip = _files.File("two.zip");
        ZipFile.CreateFromDirectory(Path.Combine(_files.Path, "model"), zip);

        var run = await BxRun.OfAsync(service, "ml", "train", zip, manifest);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            $"^{Regex.Escape(zip)}: warning: The entries `[Tt]rain.py` and `[Tt]rain.py` are the same file where case does not count.\n$",
            run.Error
        );
    }

    [Fact]
    public async Task A_run_can_be_followed_at_once()
    {
        await using var service = await StartAsync();
        service.Answer($"GET /v3/models/{DocumentedRuns.Id}", DocumentedRuns.Failed());
        service.Streams.Add(EventScript.From().Status("FAILED", 1).End("error", "FAILED"));

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, _manifest, "--monitor");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Model-ID is 'training-DOl4q2LkR'\nStarting to fetch status messages", run.Out);
    }

    [Fact]
    public async Task A_refusal_that_comes_before_the_whole_archive_was_read_is_still_heard()
    {
        await using var service = await FakeService.StartAsync();
        service.ReadsBodies = false;
        service.Refuse("POST /v3/models", 400, "manifest_empty", "The manifest is empty.");
        var large = _files.File("large.zip");
        await using (var file = File.Create(large))
        {
            file.Write("PK"u8);
            file.SetLength(64 * 1024 * 1024);
        }

        var run = await BxRun.OfAsync(service, "ml", "train", large, _manifest);

        Assert.Equal((5, "error: The manifest is empty.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_taken_up_again_as_the_same_submission()
    {
        await using var service = await StartAsync();
        var answer = service.Answers["POST /v3/models"];
        var keys = new List<string>();
        service.Answers["POST /v3/models"] = async context =>
        {
            keys.Add(context.Request.Headers["Idempotency-Key"].ToString());
            if (keys.Count == 1)
            {
                context.Abort();
            }
            else
            {
                await answer(context);
            }
        };

        var run = await BxRun.OfAsync(service, "ml", "train", _zip, _manifest);

        Assert.Equal((0, "Starting to train ...\nOK\nModel-ID is 'training-DOl4q2LkR'\n"), (run.ExitCode, run.Out));
        Assert.Equal("The connection to the service broke; sending again when it is back ...\n", run.Error);
        Assert.Equal(2, keys.Count);
        Assert.Single(keys.Distinct());
    }

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        return service.Answer("POST /v3/models", DocumentedRuns.Pending(), 202);
    }
}
