using System.Text;
using Trainyard.Functions.Http.Wml;

namespace Trainyard.Functions.Tests;

public sealed class LogTailTests
{
    [Theory]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 1000, "a\nb\nc\n")]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\n\n\n", 2, "\n\n")]
    [InlineData("\n", 1, "\n")]
    [InlineData("", 1, "")]
    public void It_begins_at_the_last_lines(string log, int lines, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(log);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes[LogTail.StartOf(bytes, lines)..]));
    }
}
