using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Logs in by Keystone v3 or by Swift's own v1.</summary>
internal sealed class SwiftAuthentication(SwiftHttp http, SwiftLogin login)
{
    public async Task<SwiftToken> LogInAsync(CancellationToken cancellationToken)
    {
        try
        {
            return login.IsV1 ? await ByV1Async(cancellationToken) : await ByV3Async(cancellationToken);
        }
        catch (SwiftError e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.EndpointPath,
                $"Nobody logs in at '{(login.IsV1 ? login.V1Address : login.V3Address)}' ({e.Answer}): `auth_url` is the address of Keystone, or of Swift's own login such as https://host/auth/v1.0."
            );
        }
    }

    private async Task<SwiftToken> ByV1Async(CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, login.V1Address);
                request.Headers.TryAddWithoutValidation("X-Auth-User", login.UserName);
                request.Headers.TryAddWithoutValidation("X-Auth-Key", login.Password);
                return request;
            },
            cancellationToken
        );
        var isWhole =
            TryHeader(response, "X-Storage-Url", out var url)
            & TryHeader(response, "X-Auth-Token", out var token)
            & Uri.TryCreate(url, UriKind.Absolute, out var account);
        return isWhole ? new SwiftToken(account!, token, Expires: null) : throw NoLogin();
    }

    private async Task<SwiftToken> ByV3Async(CancellationToken cancellationToken)
    {
        try
        {
            return await ByV3Async(byId: login.DomainName is null && login.MayBeUserId, cancellationToken);
        }
        catch (SwiftError e)
            when (e.Status == HttpStatusCode.Unauthorized && login.DomainName is not null && login.MayBeUserId)
        {
            return await ByV3Async(byId: true, cancellationToken);
        }
    }

    private async Task<SwiftToken> ByV3Async(bool byId, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(
            () =>
                new HttpRequestMessage(HttpMethod.Post, login.V3Address)
                {
                    Content = new StringContent(
                        Body(byId).ToJsonString(),
                        new MediaTypeHeaderValue("application/json")
                    ),
                },
            cancellationToken
        );
        if (!TryHeader(response, "X-Subject-Token", out var token))
        {
            throw NoLogin();
        }
        var issued = await ReadAsync(response, cancellationToken);
        return new SwiftToken(KeystoneCatalog.AccountIn(issued, login.Region), token, issued.ExpiresAt);
    }

    private JsonObject Body(bool byId)
    {
        var user = new JsonObject { ["password"] = login.Password };
        if (byId)
        {
            user["id"] = login.UserName;
        }
        else
        {
            user["name"] = login.UserName;
            user["domain"] = login.DomainName is { } domain
                ? new JsonObject { ["name"] = domain }
                : new JsonObject { ["id"] = "default" };
        }
        var auth = new JsonObject
        {
            ["identity"] = new JsonObject
            {
                ["methods"] = new JsonArray("password"),
                ["password"] = new JsonObject { ["user"] = user },
            },
        };
        if (login.ProjectId is { } project)
        {
            auth["scope"] = new JsonObject { ["project"] = new JsonObject { ["id"] = project } };
        }
        return new JsonObject { ["auth"] = auth };
    }

    private static async Task<KeystoneAnswer.Issued> ReadAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<KeystoneAnswer>(cancellationToken))?.Token
                ?? throw NoLogin();
        }
        catch (JsonException)
        {
            throw NoLogin();
        }
    }

    private static bool TryHeader(HttpResponseMessage response, string name, out string value)
    {
        value = response.Headers.TryGetValues(name, out var values) ? values.First() : "";
        return value.Length > 0;
    }

    private static ObjectStoreException NoLogin() =>
        new(ObjectStoreFailure.Invalid, "What answers at `auth_url` is no login of OpenStack Swift.");
}
