using Trainyard.Manifests.Archives;

namespace Trainyard.Manifests.Tests.Archives;

public sealed class BoundedReadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    public async Task No_more_than_that_many_bytes_come_out(int most)
    {
        await using var bounded = new AtMostStream(new MemoryStream(new byte[100]), most);
        using var read = new MemoryStream();
        await bounded.CopyToAsync(read);
        Assert.Equal(Math.Min(most, 100), read.Length);
    }
}
