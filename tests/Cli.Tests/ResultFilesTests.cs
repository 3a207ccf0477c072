using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

/// <summary><c>bx ml show results</c> and <c>bx ml download results</c></summary>
public sealed class ResultFilesTests : IDisposable
{
    private const string Run = $"/v3/models/{DocumentedRuns.Id}";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_files_are_printed_page_by_page_with_their_sizes()
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("model/weights.h5", new byte[1_234_567]), ("a\u202egnp.exe\u001b[2J", [1])], [("last", [])]);

        var run = await BxRun.OfAsync(service, "ml", "show", "results", DocumentedRuns.Id);

        Assert.Equal(
            """
            Fetching the files of the training run 'training-DOl4q2LkR' ...
              1.2 MB   model/weights.h5
                 1 B   a�gnp.exe�[2J
                 0 B   last

            3 files, 1.2 MB.
            OK
            Show results successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task As_json_all_pages_are_one_document()
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("a", [1])], [("b", [2])]);

        var run = await BxRun.OfAsync(service, "ml", "show", "results", DocumentedRuns.Id, "-o", "json");

        Assert.Equal(
            ["a", "b"],
            run.Json.GetProperty("resources").EnumerateArray().Select(f => f.GetProperty("path").GetString())
        );
    }

    [Fact]
    public async Task All_files_are_saved_below_a_folder_and_once_more_only_what_is_missing()
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("model/w ä.bin", [1, 2, 3]), ("log.txt", [4])]);
        Holds(service, "model/w ä.bin", [1, 2, 3]);
        Holds(service, "log.txt", [4]);

        var first = await DownloadAsync(service);
        File.Delete(Path.Combine(_folder.Path, "r", "log.txt"));
        var second = await DownloadAsync(service);

        Assert.Equal(
            $"""
            Downloading the results of the training run 'training-DOl4q2LkR' ...
                 3 B   model/w ä.bin
                 1 B   log.txt
            OK
            2 files, 4 B, saved in {_folder.Path}/r

            """,
            first.Out
        );
        Assert.Contains("1 file, 1 B, saved in", second.Out);
        Assert.Contains("1 was there already", second.Out);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "r", "model", "w ä.bin")));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder.Path, "r"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_bucket_s_own_address_is_asked_without_the_key()
    {
        await using var service = await FakeService.StartAsync();
        await using var bucket = await FakeService.StartAsync();
        Lists(service, [("w", [9])]);
        service.Answer(
            $"GET {Run}/files/address?path=w&secret=lab",
            new FileAddressResource { Url = bucket.Url + "/b/w?sig=1", ExpiresAt = DocumentedRuns.Submitted }
        );
        bucket.Answers["GET /b/w"] = context => context.Response.Body.WriteAsync(new byte[] { 9 }).AsTask();

        var run = await DownloadAsync(service, "--secret", "lab");

        Assert.Equal(0, run.ExitCode);
        var asked = Assert.Single(bucket.Received);
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        Assert.Equal([9], await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "r", "w")));
    }

    [Fact]
    public async Task Only_what_is_named_is_saved_and_what_is_not_there_is_told()
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("model/a", [1]), ("models", [2]), ("model/b/c", [3])]);
        Holds(service, "model/a", [1]);
        Holds(service, "model/b/c", [3]);

        var run = await DownloadAsync(service, "model/", "none");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal(
            "error: The run stored nothing as 'none': 'bx ml show results training-DOl4q2LkR' prints what there is.\n",
            run.Error
        );
        Assert.True(File.Exists(Path.Combine(_folder.Path, "r", "model", "b", "c")));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "r", "models")));
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("/tmp/out")]
    [InlineData("a/../../out")]
    [InlineData("a\\..\\out")]
    [InlineData("")]
    public async Task A_path_that_leads_out_of_the_folder_is_refused(string path)
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [(path, [1])]);

        var run = await DownloadAsync(service);

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("leads out of the folder", run.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(new byte[] { 1, 2 })]
    [InlineData(new byte[] { 1, 2, 4 })]
    [InlineData(new byte[] { 1, 2, 3, 4 })]
    public async Task A_file_that_is_not_what_was_stored_is_not_saved(byte[] changed)
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("w", [1, 2, 3])]);
        Holds(service, "w", changed);

        var run = await DownloadAsync(service);

        Assert.Equal(7, run.ExitCode);
        Assert.Contains("is not what the run stored any more", run.Error);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_of_the_user_s_own_is_never_overwritten()
    {
        await using var service = await FakeService.StartAsync();
        Lists(service, [("w", [1])]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "r"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "r", "w"), "mine");

        var run = await DownloadAsync(service);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("differs from what the run stored", run.Error);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "r", "w")));
    }

    private static void Lists(FakeService service, params (string Path, byte[] Content)[][] pages)
    {
        for (var i = 0; i < pages.Length; i++)
        {
            var query = i == 0 ? "" : $"&continuation={i}";
            service.Answer(
                $"GET {Run}/files?limit=1000{query}",
                new
                {
                    Resources = pages[i]
                        .Select(file => new StoredFileResource
                        {
                            Path = file.Path,
                            Bytes = file.Content.Length,
                            Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content)),
                        }),
                    Next = i == pages.Length - 1 ? null : $"{Run}/files?limit=1000&continuation={i + 1}",
                }
            );
        }
    }

    private static void Holds(FakeService service, string path, byte[] content)
    {
        var key = Convert.ToHexString(Encoding.UTF8.GetBytes(path));
        service.Answer(
            $"GET {Run}/files/address?path={Uri.EscapeDataString(path)}",
            new FileAddressResource
            {
                Url = "http://elsewhere.invalid/",
                ServicePath = $"downloads?key={key}",
                ExpiresAt = DocumentedRuns.Submitted,
            }
        );
        service.Answers[$"GET /downloads?key={key}"] = context => context.Response.Body.WriteAsync(content).AsTask();
    }

    private Task<BxRun> DownloadAsync(FakeService service, params string[] arguments) =>
        BxRun.OfAsync(
            service,
            ["ml", "download", "results", DocumentedRuns.Id, .. arguments, "--to", Path.Combine(_folder.Path, "r")]
        );
}
