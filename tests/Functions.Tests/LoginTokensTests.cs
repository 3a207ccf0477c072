using Microsoft.AspNetCore.DataProtection;
using Trainyard.Functions.Security;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

public sealed class LoginTokensTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly ManualTime _time = new();
    private readonly LoginTokens _tokens;

    public LoginTokensTests() => _tokens = new LoginTokens(new EphemeralDataProtectionProvider(), _time);

    [Fact]
    public void It_names_its_key_until_it_is_over()
    {
        var token = _tokens.Create(Hash, "carol", keyEnd: null);

        _time.Advance(TimeSpan.FromHours(11.9));
        Assert.Equal(Hash, _tokens.Read(token));
        _time.Advance(TimeSpan.FromHours(0.2));
        Assert.Null(_tokens.Read(token));
    }

    [Fact]
    public void Its_payload_is_the_same_in_both_alphabets()
    {
        // Every character that an owner may have, at each position of a group of three bytes.
        foreach (var owner in new[] { "a.b_c-d", "ab.b_c-d", "abc.b_c-d", "zzz999___---..." })
        {
            Assert.DoesNotContain(
                _tokens.Create(Hash, owner, keyEnd: null).Split('.')[1],
                c => c is '-' or '_' or '+' or '/' or '='
            );
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ty_abc")]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("eyJ0eXAiOiJKV1QiLCJhbGciOiJzZWFsZWQifQ.e30.AAAA")]
    [InlineData("eyJ0eXAiOiJKV1QiLCJhbGciOiJzZWFsZWQifQ.e30.")]
    public void What_is_no_token_is_none(string text) => Assert.Null(_tokens.Read(text));

    [Fact]
    public void A_payload_that_was_changed_is_none()
    {
        var parts = _tokens.Create(Hash, "carol", keyEnd: null).Split('.');
        var other = _tokens.Create(Hash, "dave", keyEnd: null).Split('.');
        Assert.Null(_tokens.Read($"{parts[0]}.{other[1]}.{parts[2]}"));
    }

    [Fact]
    public void A_token_of_another_service_is_none() =>
        Assert.Null(
            new LoginTokens(new EphemeralDataProtectionProvider(), _time).Read(
                _tokens.Create(Hash, "carol", keyEnd: null)
            )
        );
}
