using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.EndToEnd;

/// <summary>The two buckets on a real S3 server, with credentials that must be nowhere in the clear.</summary>
public sealed class S3Tests(SwiftServer swift) : IClassFixture<SwiftServer>, IAsyncLifetime
{
    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service? _service;

    public async Task InitializeAsync() => _service = SwiftServer.Missing is null ? await Service.Start() : null;

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _gate.Dispose();
        _model.Dispose();
    }

    [RequiresSwiftFact]
    public async Task A_run_reads_and_fills_s3_buckets_and_its_credentials_are_in_no_file()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-data");
        await swiftClient.PutContainer("s3-results");
        await swiftClient.Put("s3-data", "folder/input.txt", "forty-two");
        var id = await _service!.Bx.Train(_model.Folder, Manifest(swift.Owner.SecretKey));
        using var held = await _gate.Arrival();

        Assert.Empty(FilesWith(swift.Owner.SecretKey));
        await held.LetGo();
        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Completed, run.Entity.Status.State);
        Assert.Equal("forty-two", await swiftClient.Get("s3-results", $"{id}/model/answer.txt"));
        Assert.Contains("begun", await swiftClient.Get("s3-results", $"{id}/learner-1/training-log.txt"));
        Assert.Empty(FilesWith(swift.Owner.SecretKey));
        Assert.DoesNotContain(_service.Messages, line => line.Contains(swift.Owner.SecretKey));
    }

    [RequiresSwiftFact]
    public async Task Large_results_go_straight_into_the_bucket_and_all_that_is_stored_is_listed_with_its_hash()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-data");
        await swiftClient.PutContainer("s3-results");
        await swiftClient.Put("s3-data", "folder/input.txt", "forty-two");
        const string large = "head -c 20000000 /dev/urandom >$RESULT_DIR/large.bin; sha256sum <$RESULT_DIR/large.bin";
        var id = await _service!.Bx.Train(_model.Folder, Manifest(swift.Owner.SecretKey, Gated(large)));
        using var held = await _gate.Arrival();
        await held.LetGo();
        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Completed, run.Entity.Status.State);
        await using var stored = await swiftClient.Open("s3-results", $"{id}/large.bin");
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored));
        Assert.Contains(sha256, await swiftClient.Get("s3-results", $"{id}/learner-1/training-log.txt"));
        var list = JsonNode.Parse(await swiftClient.Get("s3-results", $"{id}/_manifest.json"))!["files"]!.AsArray();
        var names = await swiftClient.ListAll("s3-results", id);
        Assert.Equal(
            names.Where(n => n != $"{id}/_manifest.json").Order(),
            list.Select(f => $"{id}/{f!["path"]}").Order()
        );
        Assert.Equal(sha256, (string?)list.Single(f => (string?)f!["path"] == "large.bin")!["sha256"]);
        // Nothing of it was ever staged, and no upload is under way.
        Assert.DoesNotContain(_service.Messages, line => line.Contains("goes through the service"));
        var segments = await swiftClient.ListAll("s3-results+segments", id);
        Assert.Equal(2, segments.Count(name => name.StartsWith($"{id}/large.bin/", StringComparison.Ordinal)));
        Assert.All(segments, name => Assert.Matches("/[0-9]+$", name));
        await AssertDownloads(id, sha256, names.Count);
    }

    // The run's credentials are gone: the bucket's addresses are made with a secret that the owner keeps.
    private async Task AssertDownloads(string id, string sha256, int files)
    {
        var folder = Path.Combine(_model.Folder, "downloaded");
        var without = await _service!.Bx.Run("ml", "download", "results", id, "large.bin", "--to", folder);
        Assert.True(without.ExitCode == 7, without.ToString());
        Assert.Contains(without.Error, line => line.Contains("secret=NAME"));

        using var client = _service.Client();
        var fields = new { access_key_id = swift.Owner.AccessKey, secret_access_key = swift.Owner.SecretKey };
        using var kept = await client.PutAsJsonAsync(new Uri("v3/secrets/lab", UriKind.Relative), fields);
        Assert.True(kept.IsSuccessStatusCode, $"{kept.StatusCode}");
        var all = await _service.Bx.Run("ml", "download", "results", id, "--to", folder, "--secret", "lab");

        Assert.True(all.ExitCode == 0, all.ToString());
        Assert.Contains(all.Out, line => line.StartsWith($"{files} files, ", StringComparison.Ordinal));
        var saved = await File.ReadAllBytesAsync(Path.Combine(folder, "large.bin"));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(saved)));
    }

    [RequiresSwiftFact]
    public async Task A_run_reads_a_part_of_a_bucket_and_writes_into_a_folder_of_it()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-parts");
        string[] names = ["in/a.csv", "in/deep/b.csv", "in/deep/b-draft.csv", "in/c.bin", "input.csv", "other/d.csv"];
        foreach (var name in names)
        {
            await swiftClient.Put("s3-parts", name, name);
        }
        const string Command = "cd $DATA_DIR; find . -type f | sort > $RESULT_DIR/model/found.txt";
        var text = await File.ReadAllTextAsync(Manifest(swift.Owner.SecretKey, Command));
        var parts = text.Replace(
                "    bucket: s3-data",
                "    bucket: s3-parts\n    prefix: in\n    include: [\"*.csv\"]\n    exclude: [\"*-draft.*\"]"
            )
            .Replace("    bucket: s3-results", "    bucket: s3-parts\n    prefix: out/runs");
        var none = parts.Replace("*.csv", "*.png");

        var id = await _service!.Bx.Train(_model.Folder, _model.File("parts.yaml", parts));
        var run = await _service.WaitForEnd(id);
        var refused = await _service.WaitForEnd(await _service.Bx.Train(_model.Folder, _model.File("none.yaml", none)));

        Assert.Equal(RunState.Completed, run.Entity.Status.State);
        Assert.Equal($"out/runs/{id}", run.Entity.TrainingResultsReference.Location.ModelLocation);
        Assert.Equal("./a.csv\n./deep/b.csv\n", await swiftClient.Get("s3-parts", $"out/runs/{id}/model/found.txt"));
        Assert.Contains("exit code 0", await swiftClient.Get("s3-parts", $"out/runs/{id}/learner-1/training-log.txt"));
        Assert.DoesNotContain(
            await swiftClient.List("s3-parts"),
            name => name.StartsWith(id, StringComparison.Ordinal)
        );
        Assert.Equal("data_empty", refused.Entity.Status.Reason!.Code);
        Assert.Equal(
            "there is nothing below 'in/' in bucket 's3-parts' that `include` and `exclude` choose",
            refused.Entity.Status.Reason.Message
        );
    }

    [RequiresSwiftFact]
    public async Task One_odd_name_costs_neither_the_rest_of_the_data_nor_of_the_results()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-odd");
        await swiftClient.PutContainer("s3-results");
        foreach (var name in new[] { "/lead.csv", "a", "a/b.csv", "control\u0001.csv", "good.csv" })
        {
            await swiftClient.Put("s3-odd", name, name == "a" ? "" : name);
        }
        // With the longest kind of folder in the bucket there is room for 440 bytes of a path.
        var folder = $"{new string('p', 250)}/{new string('q', 249)}";
        var (deep, file) = (new string('f', 220), new string('g', 220));
        var command =
            $"cd $DATA_DIR; find . -type f | sort >$RESULT_DIR/found; cd $RESULT_DIR; mkdir {deep}; echo x >{deep}/{file}; echo x >{deep}/x";
        var text = await File.ReadAllTextAsync(Manifest(swift.Owner.SecretKey, command));
        var odd = text.Replace("bucket: s3-data", "bucket: s3-odd")
            .Replace("    bucket: s3-results", $"    bucket: s3-results\n    prefix: {folder}");

        var id = await _service!.Bx.Train(_model.Folder, _model.File("odd.yaml", odd));
        var run = await _service.WaitForEnd(id);
        var log = await swiftClient.Get("s3-results", $"{folder}/{id}/learner-1/training-log.txt");

        Assert.True(run.Entity.Status.State is RunState.Completed, $"{run.Entity.Status.Reason}");
        Assert.Equal("./a/b.csv\n./good.csv\n", await swiftClient.Get("s3-results", $"{folder}/{id}/found"));
        Assert.Equal("x\n", await swiftClient.Get("s3-results", $"{folder}/{id}/{deep}/x"));
        Assert.Contains("its key is no file name: /lead.csv\n", log);
        Assert.Contains("its key is no file name: control?.csv\n", log);
        Assert.Contains(": its path is longer than 440 bytes.\n", log);
    }

    [RequiresSwiftFact]
    public async Task A_run_reads_its_data_where_it_is()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-streamed");
        await swiftClient.PutContainer("s3-results");
        await swiftClient.Put("s3-streamed", "in/one two.txt", "forty-two");
        await swiftClient.Put("s3-streamed", "other.txt", "nothing");
        const string Read =
            "import json, os, urllib.request as u; "
            + "print([(i['key'], i['bytes'], u.urlopen(i['url']).read().decode()) for i in map(json.loads, open(os.environ['DATA_LISTING']))])";
        var text = await File.ReadAllTextAsync(
            Manifest(swift.Owner.SecretKey, $"ls $DATA_DIR > $RESULT_DIR/ls; python3 -c \"{Read}\" > $RESULT_DIR/read")
        );
        var streamed = text.Replace("    bucket: s3-data", "    bucket: s3-streamed\n    prefix: in")
            .Replace("training_data_reference:\n", "training_data_reference:\n  mode: stream\n");

        var id = await _service!.Bx.Train(_model.Folder, _model.File("streamed.yaml", streamed));
        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Completed, run.Entity.Status.State);
        Assert.Equal("[('one two.txt', 9, 'forty-two')]\n", await swiftClient.Get("s3-results", $"{id}/read"));
        Assert.Equal("listing.jsonl\n", await swiftClient.Get("s3-results", $"{id}/ls"));
    }

    [RequiresSwiftFact]
    public async Task The_second_run_finds_its_data_on_the_node()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer("s3-data");
        await swiftClient.PutContainer("s3-results");
        await swiftClient.Put("s3-data", "folder/again.txt", "once more");
        var manifest = Manifest(swift.Owner.SecretKey, "cat $DATA_DIR/folder/again.txt; echo; echo ready");

        await _service!.WaitForEnd(await _service.Bx.Train(_model.Folder, manifest));
        var second = await _service.Bx.Train(_model.Folder, manifest);
        await _service.WaitForEnd(second);

        var log = await swiftClient.Get("s3-results", $"{second}/learner-1/training-log.txt");
        Assert.Contains("Data: 0 objects, 0 bytes in ", log);
        Assert.Contains(" were on the node already.\n", log);
        Assert.Contains("\nonce more\nready\n", log);
    }

    [RequiresSwiftFact]
    public async Task A_run_with_a_wrong_secret_is_an_error_of_its_user()
    {
        var id = await _service!.Bx.Train(_model.Folder, Manifest("not-the-secret"));

        var run = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Error, run.Entity.Status.State);
        Assert.Equal(Fault.User, run.Entity.Status.Reason!.Fault);
        Assert.DoesNotContain("not-the-secret", run.Entity.Status.Reason.Message);
    }

    private IReadOnlyList<string> FilesWith(string secret) =>
        FilesInUse.FilesWith(_service!.Home, Encoding.UTF8.GetBytes(secret));

    private string Manifest(string secret) => Manifest(secret, Gated());

    private string Gated(string more = "") =>
        $"""
            echo begun
            mkdir -p "$RESULT_DIR/model"
            cp "$DATA_DIR/folder/input.txt" "$RESULT_DIR/model/answer.txt"
            {more}
            python3 gate.py {_gate.Port} training
            """;

    private string Manifest(string secret, string command)
    {
        var connection = $"""
              connection:
                endpoint_url: {swift.Endpoint}
                access_key_id: {swift.Owner.AccessKey}
                secret_access_key: {secret}
            """;
        var text = File.ReadAllText(_model.Manifest(command));
        return _model.File(
            "s3.yaml",
            text.Replace("  type: file", $"  type: s3\n{connection}")
                .Replace("bucket: data", "bucket: s3-data")
                .Replace("bucket: results", "bucket: s3-results")
        );
    }
}
