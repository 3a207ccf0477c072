using Microsoft.AspNetCore.DataProtection;
using Trainyard.Contracts.Runs;
using Trainyard.Functions.Security;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

public sealed class LogKeysTests
{
    private readonly ManualTime _time = new();
    private readonly LogKeys _keys;
    private readonly RunId _run = RunId.New();

    public LogKeysTests() => _keys = new LogKeys(new EphemeralDataProtectionProvider(), _time);

    [Fact]
    public void They_name_their_run_for_an_hour()
    {
        var made = _keys.Create(_run);

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(made, _keys.Find(made.AccessKeyId));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(_keys.Find(made.AccessKeyId));
    }

    [Fact]
    public void No_two_have_the_same_secret() => Assert.NotEqual(_keys.Create(_run).Secret, _keys.Create(_run).Secret);

    [Theory]
    [InlineData("")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void What_is_none_of_them_is_none(string id) => Assert.Null(_keys.Find(id));

    [Fact]
    public void Those_of_another_service_are_none() =>
        Assert.Null(new LogKeys(new EphemeralDataProtectionProvider(), _time).Find(_keys.Create(_run).AccessKeyId));
}
