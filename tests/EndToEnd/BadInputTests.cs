using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>What is wrong with an input is said all at once and exactly, and nothing of it stays.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string ThreeMistakes = """
        model_definition:
          name: three-mistakes
          framework:
            name: pythn
            version: "3"
          execution:
            command: python3 train.py
            compute_configuration:
              name: smal
        training_data_reference:
          type: file
          source:
            buckt: data
        training_results_reference:
          type: file
          target:
            bucket: results
        """;

    private readonly Model _model = new();
    private Service _service = null!;
    private IReadOnlyList<string> _before = [];

    public static TheoryData<string> BadArchives => [.. Archives.Keys];

    private static Dictionary<string, Func<byte[]>> Archives { get; } =
        new()
        {
            ["not a zip"] = () => Encoding.UTF8.GetBytes("this is not a zip file, it only has the name of one"),
            ["nothing at all"] = () => [],
            ["a zip without entries"] = () => Zip(),
            ["a zip with an entry above its folder"] = () => Zip("../outside.py"),
            ["a zip with an absolute entry"] = () => Zip("/etc/outside.py"),
        };

    public async Task InitializeAsync()
    {
        _service = await Service.Start();
        _service.Bucket("data");
        _service.Bucket("results");
        _before = Kept();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task A_manifest_with_three_mistakes_is_answered_with_all_three_and_their_places()
    {
        using var answer = await Submit(Encoding.UTF8.GetBytes(ThreeMistakes), Zip("train.py"));

        var problem = await ReadProblem(answer);
        Assert.Equal(3, problem.Errors!.Count);
        Assert.All(problem.Errors, error => Assert.Equal("manifest", error.Source));
        Assert.All(problem.Errors, error => Assert.True(error is { Line: > 0, Column: > 0, Path.Length: > 0 }));
        await AssertNothingStayed();
    }

    [Fact]
    public async Task The_command_line_prints_every_mistake_with_its_place()
    {
        var manifest = _model.File("three.yaml", ThreeMistakes);
        using var answer = await Submit(Encoding.UTF8.GetBytes(ThreeMistakes), Zip("train.py"));
        var problem = await ReadProblem(answer);

        var result = await _service.Bx.Run("ml", "train", _model.Folder, manifest);

        Assert.NotEqual(0, result.ExitCode);
        var said = string.Join('\n', result.Error);
        foreach (var error in problem.Errors!)
        {
            Assert.Contains($"{error.Line}:{error.Column}", said);
            Assert.Contains(error.Path!, said);
        }
    }

    [Theory]
    [MemberData(nameof(BadArchives))]
    public async Task An_archive_that_cannot_be_run_is_refused(string kind)
    {
        var manifest = await File.ReadAllBytesAsync(_model.Manifest("true"));
        using var answer = await Submit(manifest, Archives[kind]());

        var problem = await ReadProblem(answer);
        Assert.NotEmpty(problem.Errors!);
        Assert.All(problem.Errors!, error => Assert.Equal("model_definition", error.Source));
        await AssertNothingStayed();
    }

    private static async Task<Problem> ReadProblem(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{answer.StatusCode}: {text}");
        Assert.Equal(Problem.MediaType, answer.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
    }

    private static byte[] Zip(params string[] names)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write("print()\n"u8);
            }
        }

        return bytes.ToArray();
    }

    // Archives, logs, staged files and secrets: what a half-made run would leave.
    private List<string> Kept() =>
        [
            .. new[] { "blobs", "secrets", "buckets" }
                .Select(folder => Path.Combine(_service.Home, folder))
                .SelectMany(FilesInUse.FilesBelow)
                .Order(StringComparer.Ordinal),
        ];

    private async Task<HttpResponseMessage> Submit(byte[] manifest, byte[] archive)
    {
        using var client = _service.Client();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(manifest), "manifest", "train.yaml" },
            { new ByteArrayContent(archive), "model_definition", "model.zip" },
        };
        return await client.PostAsync(new Uri("v3/models", UriKind.Relative), form);
    }

    private async Task AssertNothingStayed()
    {
        using var client = _service.Client();
        var list = await client.GetStringAsync(new Uri("v3/models", UriKind.Relative));
        Assert.Empty(JsonSerializer.Deserialize<RunListResource>(list, WireJson.Options)!.Resources);
        Assert.Equal(_before, Kept());
    }
}
