using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Http;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Tests;

public sealed class SubmissionPartsTests
{
    [Theory]
    [InlineData("manifest", "model_definition")]
    [InlineData("model_definition", "manifest")]
    public async Task The_parts_are_found_in_either_order(string first, string second)
    {
        await using var parts = await ReadAsync(Body((first, first), (second, second)));
        Assert.Equal("manifest", Encoding.UTF8.GetString(parts.Manifest.Span));
        Assert.Equal("model_definition", await new StreamReader(parts.Archive!).ReadToEndAsync());
    }

    [Fact]
    public async Task Parts_of_other_names_are_passed_over()
    {
        await using var parts = await ReadAsync(Body(("other", "x"), ("manifest", "m")));
        Assert.Equal("m", Encoding.UTF8.GetString(parts.Manifest.Span));
        Assert.Null(parts.Archive);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Another_kind_of_body_is_a_bad_request(string? contentType) =>
        await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync("{}", contentType));

    [Fact]
    public async Task A_body_that_breaks_off_is_a_bad_request() =>
        await Assert.ThrowsAsync<BadHttpRequestException>(() =>
            ReadAsync("--frontier\r\nContent-Disposition: form-data; name=\"manifest\"\r\n\r\nmodel_def")
        );

    [Fact]
    public async Task A_boundary_that_no_reader_could_find_is_a_bad_request() =>
        Assert.Equal(
            400,
            (
                await Assert.ThrowsAsync<BadHttpRequestException>(() =>
                    ReadAsync("", $"multipart/form-data; boundary={new string('x', 4096)}")
                )
            ).StatusCode
        );

    [Fact]
    public async Task An_archive_that_comes_first_is_kept_up_to_one_byte_above_its_limit()
    {
        await using var parts = await ReadAsync(Body(("model_definition", new string('x', 5_000)), ("manifest", "m")));
        Assert.Equal(Small.MaxArchiveBytes + 1, parts.Archive!.Length);
        Assert.Equal("m", Encoding.UTF8.GetString(parts.Manifest.Span));
    }

    [Theory]
    [InlineData("model_definition", "model_definition", "manifest")]
    [InlineData("manifest", "manifest", "model_definition")]
    public async Task A_part_that_comes_twice_is_a_bad_request(string first, string second, string third)
    {
        var content = Guid.NewGuid().ToString();
        var body = Body((first, content), (second, content), (third, content));

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(body));

        Assert.Equal($"The multipart body has the part {first} twice.", refused.Message);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath()), path => ContentOf(path) == content);
    }

    [Fact]
    public async Task An_archive_that_comes_first_is_open_to_nobody_else()
    {
        await using var parts = await ReadAsync(Body(("model_definition", "two"), ("manifest", "m")));

        var file = Assert.IsType<FileStream>(parts.Archive);
        Assert.Equal("two", await new StreamReader(file, leaveOpen: true).ReadToEndAsync());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Name));
        }
    }

    // Other processes have temporary files in the folder, and end them meanwhile.
    private static string? ContentOf(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return info is { Exists: true, Length: 36, UnixFileMode: var mode } && mode != UnixFileMode.None
                ? File.ReadAllText(path)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ArchiveLimits Small { get; } = new() { MaxArchiveBytes = 1024 };

    private static string Body(params (string Name, string Content)[] parts) =>
        string.Concat(
            parts.Select(p => $"--frontier\r\nContent-Disposition: form-data; name=\"{p.Name}\"\r\n\r\n{p.Content}\r\n")
        ) + "--frontier--\r\n";

    private static Task<SubmissionParts> ReadAsync(
        string body,
        string? contentType = "multipart/form-data; boundary=frontier"
    )
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = contentType;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return SubmissionParts.ReadAsync(request, new ManifestLimits(), Small, CancellationToken.None);
    }
}
