using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A zip and a manifest of the same name below drop/OWNER/ are a submitted run; the answer lies beside them.</summary>
public sealed class BlobDropTests : IAsyncLifetime
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(90);

    private readonly Model _model = new();
    private Service _service = null!;
    private string _key = "";

    private string Drop => Path.Combine(_service.Home, "drop", "alice");

    public async Task InitializeAsync()
    {
        _service = await Service.Start();
        _service.Bucket("data", "alice");
        _service.Bucket("results", "alice");
        Directory.CreateDirectory(Drop);
        _key = await _service.KeyFor("alice");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Theory]
    [InlineData("the zip first")]
    [InlineData("the manifest first")]
    public async Task Both_files_start_one_run_of_their_owner(string order)
    {
        var manifest = await File.ReadAllBytesAsync(_model.Manifest("echo dropped > \"$RESULT_DIR/dropped.txt\""));
        var files = new List<(string Name, byte[] Content)> { ("job.zip", _model.Zip()), ("job.yaml", manifest) };
        foreach (var (name, content) in order.StartsWith("the zip") ? files : Enumerable.Reverse(files))
        {
            await Put(name, content);
        }

        var run = await Answer<RunResource>("job.run.json");

        var key = _key;
        var ended = await _service.WaitForEnd(run.Metadata.Guid, key: key);
        Assert.Equal(RunState.Completed, ended.Entity.Status.State);
        var list = await _service.Bx.As(key).Run("ml", "list", "training-runs");
        Assert.Contains("1 records found.", list.Out);
        var others = await _service.Bx.Run("ml", "list", "training-runs");
        Assert.Contains("0 records found.", others.Out);
    }

    [Fact]
    public async Task What_is_wrong_with_them_lies_beside_them()
    {
        await Put("wrong.zip", _model.Zip());
        await Put("wrong.yaml", "model_definition: {}\n"u8.ToArray());

        var problem = await Answer<Problem>("wrong.problem.json");

        Assert.True(problem.Errors!.Count > 1, "Not all that is wrong.");
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("ALICE")]
    public async Task A_folder_of_no_owner_with_a_key_is_told(string folder)
    {
        var path = Path.Combine(_service.Home, "drop", folder);
        Directory.CreateDirectory(path);
        await File.WriteAllBytesAsync(Path.Combine(path, "job.zip"), _model.Zip());

        await Eventually.Be(
            "the problem appears",
            () => File.Exists(Path.Combine(path, "job.problem.json")),
            AnswersWithin,
            () => string.Join('\n', _service.Messages)
        );

        var answer = await File.ReadAllBytesAsync(Path.Combine(path, "job.problem.json"));
        Assert.Equal("unknown_owner", JsonSerializer.Deserialize<Problem>(answer, WireJson.Options)!.Code);
    }

    [Fact]
    public async Task Two_manifests_of_one_name_are_refused_until_one_is_left()
    {
        var manifest = await File.ReadAllBytesAsync(_model.Manifest("true"));
        await Put("two.yaml", manifest);
        await Put("two.json", "{}"u8.ToArray());
        await Put("two.zip", _model.Zip());

        Assert.Equal("drop_ambiguous", (await Answer<Problem>("two.problem.json")).Code);

        File.Delete(Path.Combine(Drop, "two.json"));
        await Put("two.zip", _model.Zip());
        await Answer<RunResource>("two.run.json");
        await Eventually.Be(
            "the problem is gone",
            () => !File.Exists(Path.Combine(Drop, "two.problem.json")),
            AnswersWithin
        );
    }

    [Fact]
    public async Task Endings_in_capitals_are_answered()
    {
        var manifest = await File.ReadAllBytesAsync(_model.Manifest("true"));
        await Put("A.ZIP", _model.Zip());
        await Put("A.YAML", manifest);
        await Answer<RunResource>("A.run.json");
    }

    [Theory]
    [InlineData("lonely.zip")]
    [InlineData("lonely.yaml")]
    public async Task One_file_without_the_other_is_told_after_a_while(string name)
    {
        await Put(name, _model.Zip());
        // As if it had come before the two minutes in which the other may follow.
        File.SetLastWriteTimeUtc(Path.Combine(Drop, name), DateTime.UtcNow.AddMinutes(-3));

        var problem = await Answer<Problem>("lonely.problem.json");

        Assert.Equal("drop_incomplete", problem.Code);
    }

    [Fact]
    public async Task A_manifest_of_400_MB_is_refused_without_being_read()
    {
        var before = _service.PeakMemory();
        await using (var large = File.Create(Path.Combine(Drop, "large.yaml")))
        {
            large.SetLength(400_000_000);
        }

        await Put("large.zip", _model.Zip());
        foreach (var file in new[] { "large.yaml", "large.zip" })
        {
            File.SetLastWriteTimeUtc(Path.Combine(Drop, file), DateTime.UtcNow.AddMinutes(-1));
        }

        var problem = await Answer<Problem>("large.problem.json");

        Assert.Equal("manifest_too_large", Assert.Single(problem.Errors!).Code);
        Assert.InRange(_service.PeakMemory() - before, 0, 200_000_000);
    }

    private async Task Put(string name, byte[] content)
    {
        // As one does it who wants no half file seen: written under another name, then moved.
        var part = Path.Combine(Drop, $".{name}.part");
        await File.WriteAllBytesAsync(part, content);
        File.Move(part, Path.Combine(Drop, name), overwrite: true);
    }

    private async Task<T> Answer<T>(string name)
    {
        var path = Path.Combine(Drop, name);
        await Eventually.Be(
            $"{name} appears",
            () => File.Exists(path),
            AnswersWithin,
            () => string.Join('\n', _service.Messages)
        );
        return JsonSerializer.Deserialize<T>(await File.ReadAllBytesAsync(path), WireJson.Options)!;
    }
}
