using System.Text;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Http;
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
        return SubmissionParts.ReadAsync(request, new ManifestLimits(), CancellationToken.None);
    }
}
