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
        Assert.Equal(
            expected,
            RunOutput.LengthOfWholeLines(Encoding.UTF8.GetBytes(text), isFinal: false, OutputParts.Lines)
        );

    [Fact]
    public void The_last_line_of_an_ended_run_is_sent_without_its_line_feed() =>
        Assert.Equal(4, RunOutput.LengthOfWholeLines("last"u8, isFinal: true, OutputParts.Lines));

    [Theory]
    [InlineData("10%\r20%", 4)]
    [InlineData("10%\r", 0)]
    [InlineData("10%\r\n", 5)]
    [InlineData("one\ntwo\r", 4)]
    [InlineData("\r10%", 1)]
    public void A_carriage_return_ends_an_update_of_a_log(string text, int expected) =>
        Assert.Equal(
            expected,
            RunOutput.LengthOfWholeLines(Encoding.UTF8.GetBytes(text), isFinal: false, OutputParts.Updates)
        );

    [Fact]
    public async Task Events_show_each_update_as_a_line_of_its_own_without_empty_ones_between()
    {
        var body = new MemoryStream();
        var writer = new EventWriter(body, "log");
        foreach (var piece in new[] { "10%", "\r20%\r30%", "\r\n", "done\r\n" })
        {
            await writer.WriteOutputAsync(Encoding.UTF8.GetBytes(piece), 1, CancellationToken.None);
        }

        var lines = Encoding.UTF8.GetString(body.ToArray()).Split('\n');
        var data = lines.Where(l => l.StartsWith("data:", StringComparison.Ordinal)).Select(l => l[5..].Trim());
        Assert.Equal(["10%", "20%", "30%", "done"], data);
    }

    [Fact]
    public void A_line_longer_than_the_buffer_is_never_cut_inside_a_character() =>
        Prop.ForAll(
                Gen.Choose(0, 3).ToArbitrary(),
                shift =>
                {
                    var text = new string('a', shift) + string.Concat(Enumerable.Repeat("\U0001F682é", Chunk / 4));
                    var chunk = Encoding.UTF8.GetBytes(text).AsSpan(0, Chunk);
                    var length = RunOutput.LengthOfWholeLines(chunk, isFinal: false, OutputParts.Lines);
                    var decoded = Encoding.UTF8.GetString(chunk[..length]);
                    return length > Chunk - 4 && !decoded.Contains('\uFFFD');
                }
            )
            .QuickCheckThrowOnFailure();
}
