using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Stores;

/// <summary>One thing a connection may hold, under its canonical name and those of other dialects.</summary>
internal sealed record ConnectionKey(CredentialField Field, bool Required, params string[] Names);

/// <summary>What the connections of one type of data store hold.</summary>
internal sealed record ConnectionKeys(string[] Endpoint, bool Region, params ConnectionKey[] Keys)
{
    public const string RequesterPaysKey = "requester_pays";

    private static readonly Dictionary<DataStoreType, ConnectionKeys> ByType = new()
    {
        [DataStoreType.S3] = new(
            ["endpoint_url", "endpoint", "auth_url"],
            Region: true,
            new(CredentialField.AccessKeyId, true, "access_key_id", "aws_access_key_id", "user_name", "userId"),
            new(CredentialField.SecretAccessKey, true, "secret_access_key", "aws_secret_access_key", "password"),
            new(CredentialField.SessionToken, false, "session_token", "aws_session_token")
        )
        {
            RequesterPays = true,
        },
        [DataStoreType.Swift] = new(
            ["auth_url", "endpoint_url", "endpoint"],
            Region: true,
            new(CredentialField.UserName, true, "user_name", "userId"),
            new(CredentialField.Password, true, "password"),
            new(CredentialField.ProjectId, false, "project_id"),
            new(CredentialField.DomainName, false, "domain_name")
        ),
        [DataStoreType.AzureBlob] = new(
            ["endpoint_url", "endpoint", "account_url"],
            Region: false,
            new(CredentialField.AccountName, false, "account_name"),
            new(CredentialField.AccountKey, false, "account_key"),
            new(CredentialField.SasToken, false, "sas_token")
        ),
        [DataStoreType.File] = new([], Region: false),
    };

    /// <summary>Every name of every type, so that one of another type is told apart from a slip of the pen.</summary>
    public static IReadOnlyList<string> AllNames { get; } =
    [
        .. ByType
            .Values.SelectMany(k => k.Endpoint.Concat(k.Keys.SelectMany(key => key.Names)))
            .Append("region")
            .Append(RequesterPaysKey)
            .Distinct(),
    ];

    /// <summary>Whether the requester may pay for the requests.</summary>
    public bool RequesterPays { get; init; }

    public IEnumerable<string> Names =>
        Endpoint
            .Concat(Keys.SelectMany(k => k.Names))
            .Concat(Region ? ["region"] : [])
            .Concat(RequesterPays ? [RequesterPaysKey] : []);

    public static ConnectionKeys Of(DataStoreType type) => ByType[type];
}
