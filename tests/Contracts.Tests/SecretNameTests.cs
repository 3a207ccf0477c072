namespace Trainyard.Contracts.Tests;

public sealed class SecretNameTests
{
    [Theory]
    [InlineData("lab")]
    [InlineData("0")]
    [InlineData("lab-reader_2.eu")]
    public void Names_of_small_letters_digits_dots_dashes_and_underscores_are_names(string text) =>
        Assert.Equal(text, SecretName.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Lab")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("-lab")]
    [InlineData("lab/reader")]
    [InlineData("lab reader")]
    [InlineData("läb")]
    public void Anything_else_is_none(string? text) => Assert.False(SecretName.TryParse(text, out _));

    [Fact]
    public void The_longest_has_64_characters()
    {
        Assert.True(SecretName.TryParse(new string('a', 64), out _));
        Assert.False(SecretName.TryParse(new string('a', 65), out _));
    }
}
