using Trainyard.Functions.Http.Records;

namespace Trainyard.Functions.Tests;

public sealed class SinceTimeTests
{
    private static readonly DateTimeOffset Now = new(2018, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1512345678000", "2017-12-04T00:01:18Z")]
    [InlineData("2018-02-28T10:00:00Z", "2018-02-28T10:00:00Z")]
    [InlineData("2018-02-28T10:00:00.123456789+02:00", "2018-02-28T08:00:00.123Z")]
    [InlineData("2018-02-28 10:00:00.200475477 +0000 UTC", "2018-02-28T10:00:00.200Z")]
    [InlineData("2018-02-28", "2018-02-28T00:00:00Z")]
    [InlineData("Wed, 28 Feb 2018 10:00:00 GMT", "2018-02-28T10:00:00Z")]
    [InlineData("now", "2018-03-01T12:00:00Z")]
    [InlineData("yesterday", "2018-02-28T12:00:00Z")]
    [InlineData("90m", "2018-03-01T10:30:00Z")]
    [InlineData("1h30m", "2018-03-01T10:30:00Z")]
    [InlineData("1.5h", "2018-03-01T10:30:00Z")]
    [InlineData("2 days ago", "2018-02-27T12:00:00Z")]
    [InlineData("1 hour ago", "2018-03-01T11:00:00Z")]
    [InlineData("300 years ago", "1970-01-01T00:00:00Z")]
    public void It_is_an_instant(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds(), SinceTime.Read(text, Now));

    [Theory]
    [InlineData("soon")]
    [InlineData("h")]
    [InlineData("2 parsecs ago")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999 years ago")]
    [InlineData("2018-13-01")]
    public void What_is_none_is_refused(string text) => Assert.Null(SinceTime.Read(text, Now));
}
