using Trainyard.Manifests.Secrets;

namespace Trainyard.Tests.Shared;

/// <summary>Credentials of stores, as a manifest would give them.</summary>
public static class SampleCredentials
{
    public static StoreCredentials ForAccessKey(string accessKeyId, string secretAccessKey) =>
        StoreCredentials.Of([
            new(CredentialField.AccessKeyId, new(accessKeyId)),
            new(CredentialField.SecretAccessKey, new(secretAccessKey)),
        ]);

    public static StoreCredentials ForSwift(
        string authUrl,
        string userName,
        string password,
        string? projectId = null,
        string? domainName = null,
        string? region = null
    ) =>
        StoreCredentials.Of(
            new (CredentialField Field, string? Value)[]
            {
                (CredentialField.AuthUrl, authUrl),
                (CredentialField.UserName, userName),
                (CredentialField.Password, password),
                (CredentialField.ProjectId, projectId),
                (CredentialField.DomainName, domainName),
                (CredentialField.Region, region),
            }
                .Where(v => v.Value is not null)
                .Select(v => KeyValuePair.Create(v.Field, new Secret(v.Value!)))
        );
}
