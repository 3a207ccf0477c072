using System.Text.RegularExpressions;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>What a connection says of the login, and which of the two kinds it is: Keystone's v3, or Swift's own v1.</summary>
internal sealed partial record SwiftLogin(Uri AuthUrl, string UserName, string Password)
{
    public string? ProjectId { get; init; }

    public string? DomainName { get; init; }

    public string? Region { get; init; }

    /// <summary>Swift's own login: neither a project nor a domain, and an address that is not Keystone's.</summary>
    public bool IsV1 => ProjectId is null && DomainName is null && !KeystonePath().IsMatch(AuthUrl.AbsolutePath);

    /// <summary>Where v1 logs in; an address without a path gets the usual one.</summary>
    public Uri V1Address => AuthUrl.AbsolutePath == "/" ? new Uri(AuthUrl, "/auth/v1.0") : AuthUrl;

    /// <summary>Where v3 logs in; manifests have the address with its version, with an older one, and without.</summary>
    public Uri V3Address
    {
        get
        {
            var path = KeystonePath().Replace(AuthUrl.AbsolutePath, "").TrimEnd('/');
            return new UriBuilder(AuthUrl) { Path = $"{path}/v3/auth/tokens" }.Uri;
        }
    }

    /// <summary>Keystone's ids are 32 hex digits; the oldest manifests have the user's in place of the name.</summary>
    public bool MayBeUserId => Id().IsMatch(UserName);

    public static SwiftLogin Of(DataStoreReference store, StoreCredentials credentials)
    {
        var (user, password) = (
            credentials.Reveal(CredentialField.UserName),
            credentials.Reveal(CredentialField.Password)
        );
        if (store.Endpoint is null || user is null || password is null)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Denied,
                "The connection has no user name and password for the store."
            );
        }
        return new SwiftLogin(store.Endpoint, user, password)
        {
            ProjectId = credentials.Reveal(CredentialField.ProjectId),
            DomainName = credentials.Reveal(CredentialField.DomainName),
            Region = store.Region ?? credentials.Reveal(CredentialField.Region),
        };
    }

    public override string ToString() => nameof(SwiftLogin);

    [GeneratedRegex("/v(?:3|2\\.0)(?:/auth/tokens|/tokens)?/?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeystonePath();

    [GeneratedRegex("^[0-9a-f]{32}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}
