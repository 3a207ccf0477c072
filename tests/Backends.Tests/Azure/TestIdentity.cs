using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>An identity whose tokens the emulator takes: it reads what they claim, and does not ask who signed them.</summary>
internal sealed class TestIdentity : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = "https://sts.windows.net/00000000-0000-0000-0000-000000000001/",
            ["tid"] = "00000000-0000-0000-0000-000000000001",
            ["oid"] = "00000000-0000-0000-0000-000000000002",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        var header = new Dictionary<string, object> { ["alg"] = "RS256", ["typ"] = "JWT" };
        return new AccessToken($"{Encode(header)}.{Encode(claims)}.{Encode(new())}", now.AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));

    private static string Encode(Dictionary<string, object> part) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
