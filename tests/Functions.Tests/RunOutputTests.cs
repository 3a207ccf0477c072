using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Tests;

public sealed class RunOutputTests
{
    private const int Chunk = 64 * 1024;

    [Theory]
    [InlineData("", 0)]
    [InlineData("half a line", 0)]
    [InlineData("one\n", 4)]
    [InlineData("one\ntwo", 4)]
    [InlineData("one\ntwo\n", 8)]
    public void Only_whole_lines_are_sent_while_the_run_goes_on(string text, int expected) =>
        Assert.Equal(expected, RunOutput.LengthOfWholeLines(Encoding.UTF8.GetBytes(text), isFinal: false));

    [Fact]
    public void The_last_line_of_an_ended_run_is_sent_without_its_line_feed() =>
        Assert.Equal(4, RunOutput.LengthOfWholeLines("last"u8, isFinal: true));

    [Fact]
    public void A_line_longer_than_the_buffer_is_never_cut_inside_a_character() =>
        Prop.ForAll(
                Gen.Choose(0, 3).ToArbitrary(),
                shift =>
                {
                    var text = new string('a', shift) + string.Concat(Enumerable.Repeat("\U0001F682é", Chunk / 4));
                    var chunk = Encoding.UTF8.GetBytes(text).AsSpan(0, Chunk);
                    var length = RunOutput.LengthOfWholeLines(chunk, isFinal: false);
                    var decoded = Encoding.UTF8.GetString(chunk[..length]);
                    return length > Chunk - 4 && !decoded.Contains('\uFFFD');
                }
            )
            .QuickCheckThrowOnFailure();
}
