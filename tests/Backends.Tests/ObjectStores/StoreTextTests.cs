using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores;

public sealed class StoreTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("ümläut 日本語 🚂", "ümläut 日本語 🚂")]
    [InlineData("a\r\nb\tc\0", "a??b?c?")]
    [InlineData("\u202eevil\u2066\u200b\u2028\ufeff", "?evil????")]
    [InlineData(null, "")]
    public void What_turns_or_breaks_a_line_is_shown_as_a_question_mark(string? text, string clean) =>
        Assert.Equal(clean, StoreText.Clean(text));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("half ?", StoreText.Clean("half " + "🚂"[0]));

    [Fact]
    public void A_long_text_is_cut_to_200_characters_and_says_so()
    {
        Assert.Equal(new string('x', 200), StoreText.Clean(new string('x', 200)));
        Assert.Equal(new string('x', 199) + "…", StoreText.Clean(new string('x', 2_000_000)));
    }

    [Fact]
    public void Every_failure_has_a_meaning()
    {
        foreach (var failure in Enum.GetValues<ObjectStoreFailure>())
        {
            Assert.Matches("^[a-z_]+$", ObjectStoreReasons.CodeOf(failure, "data"));
        }
    }
}
