using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

public sealed class OptionalBodyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    public async Task No_body_is_none_whether_or_not_its_length_is_told(long? length) =>
        Assert.Null(await ReadAsync("", length));

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"name":"a"}""", "a")]
    public async Task A_body_is_read_without_its_length_too(string body, string? name) =>
        Assert.Equal(name, (await ReadAsync(body, length: null))!.Name);

    [Theory]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"name":7}""")]
    public async Task Anything_else_is_no_JSON_of_this_route(string body) =>
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(body, length: null));

    [Fact]
    public async Task A_body_above_64_KiB_is_not_read_to_its_end() =>
        await Assert.ThrowsAsync<JsonException>(() =>
            ReadAsync($"{{\"name\":\"{new string('x', 70_000)}\"}}", length: null)
        );

    private static Task<StoreModelRequest?> ReadAsync(string body, long? length)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        request.ContentLength = length;
        return Answers.ReadOptionalAsync<StoreModelRequest>(request, CancellationToken.None);
    }
}
