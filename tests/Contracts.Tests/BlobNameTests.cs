namespace Trainyard.Contracts.Tests;

public sealed class BlobNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("runs/training-DOl4q2LkR/training-log.txt")]
    [InlineData("модель/весa 1.bin")]
    [InlineData(".hidden/..double")]
    public void Paths_are_names(string text) => Assert.True(BlobName.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void What_could_lead_elsewhere_is_no_name(string text) => Assert.False(BlobName.TryParse(text, out _));

    [Fact]
    public void Length_counts_in_bytes()
    {
        Assert.True(BlobName.TryParse(new string('é', 120), out _));
        Assert.False(BlobName.TryParse(new string('é', 121), out _));
        Assert.False(BlobName.TryParse(string.Join('/', Enumerable.Repeat(new string('a', 200), 5)), out _));
    }
}
