using System.Text.RegularExpressions;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>The login data of a connection, for one of two protocols: Keystone's v3 or Swift's own v1.</summary>
internal sealed partial record SwiftLogin(Uri AuthUrl, string UserName, string Password)
{
    public string? ProjectId { get; init; }

    public string? DomainName { get; init; }

    public string? Region { get; init; }

    /// <summary>Whether to use Swift's v1: there is no project, no domain, and the address is not Keystone's.</summary>
    public bool IsV1 => ProjectId is null && DomainName is null && !KeystonePath().IsMatch(AuthUrl.AbsolutePath);

    /// <summary>The login address of v1; an address without a path gets the usual path.</summary>
    public Uri V1Address => AuthUrl.AbsolutePath == "/" ? new Uri(AuthUrl, "/auth/v1.0") : AuthUrl;

    /// <summary>
    /// The login address of v3; manifests give it with v3, with an older version, or without a version.
    /// </summary>
    public Uri V3Address
    {
        get
        {
            var path = KeystonePath().Replace(AuthUrl.AbsolutePath, "").TrimEnd('/');
            return new UriBuilder(AuthUrl) { Path = $"{path}/v3/auth/tokens" }.Uri;
        }
    }

    /// <summary>Whether the user name may be a Keystone id (32 hex digits), as in the oldest manifests.</summary>
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
