using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Records;

namespace Trainyard.Functions.Tests;

public sealed class OutputLinesTests
{
    private const int Longest = 8;

    [Theory]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\nb\r\n", new[] { "a", "b" })]
    [InlineData("a\n\n\nb\n", new[] { "a", "", "", "b" })]
    [InlineData("0123456789abcdef\nb\n", new[] { "01234567", "b" })]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    public async Task Lines_end_with_their_line_feed_and_are_cut(string text, string[] expected)
    {
        Assert.Equal(expected, await ReadAsync(text, isFinal: false));
        Assert.Equal(expected, await ReadAsync(text, isFinal: true));
    }

    [Fact]
    public async Task A_last_line_without_its_line_feed_counts_when_nothing_follows()
    {
        Assert.Equal(["a"], await ReadAsync("a\nb", isFinal: false));
        Assert.Equal(["a", "b"], await ReadAsync("a\nb", isFinal: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Lines_that_go_over_the_pieces_of_a_read_are_whole(int width)
    {
        var lines = Enumerable.Range(0, 40_000).Select(n => new string((char)('a' + (n % 26)), width)).ToList();
        Assert.Equal(lines, await ReadAsync(string.Concat(lines.Select(line => line + "\n")), isFinal: false));
    }

    private static async Task<List<string>> ReadAsync(string text, bool isFinal)
    {
        var lines = new List<string>();
        var output = new OutputLines(new OneBlob(Encoding.UTF8.GetBytes(text)), Longest);
        await foreach (var line in output.ReadAsync(BlobName.Parse("log"), offset: 0, isFinal, default))
        {
            lines.Add(Encoding.UTF8.GetString(line.Text.Span));
        }
        return lines;
    }

    private sealed class OneBlob(byte[] content) : IBlobStore
    {
        public Task<Stream?> OpenReadAsync(
            BlobName name,
            long offset,
            long? length,
            CancellationToken cancellationToken
        ) => Task.FromResult<Stream?>(new MemoryStream(content, (int)offset, content.Length - (int)offset));

        public Task<BlobInfo> PutAsync(
            BlobName name,
            Stream content,
            string? expectedSha256,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<AppendResult> AppendAsync(
            BlobName name,
            long offset,
            ReadOnlyMemory<byte> content,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task DeleteAsync(string prefix, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
