using System.Text.Json;

namespace Trainyard.Manifests.Secrets;

/// <summary>What a connection may hold beside the endpoint. The numbers are stored: never reuse one.</summary>
public enum CredentialField
{
    /// <summary>s3: the access key's id.</summary>
    AccessKeyId = 1,

    /// <summary>s3: the access key's secret.</summary>
    SecretAccessKey = 2,

    /// <summary>s3: the token that belongs to a temporary access key.</summary>
    SessionToken = 3,

    /// <summary>Swift: Keystone address, as in the reference's endpoint.</summary>
    AuthUrl = 10,

    /// <summary>Swift: user name or user id.</summary>
    UserName = 11,

    /// <summary>Swift: password.</summary>
    Password = 12,

    /// <summary>Swift: project id.</summary>
    ProjectId = 13,

    /// <summary>Swift: domain name.</summary>
    DomainName = 14,

    /// <summary>Swift: region, as in the reference.</summary>
    Region = 15,

    /// <summary>Azure Blob: storage account.</summary>
    AccountName = 20,

    /// <summary>Azure Blob: account key.</summary>
    AccountKey = 21,

    /// <summary>Azure Blob: shared access signature.</summary>
    SasToken = 22,
}

/// <summary>The fields' names on the wire and in manifests.</summary>
public static class CredentialFields
{
    /// <summary>What a named secret may hold. The login address is the connection's own.</summary>
    public static IReadOnlyList<CredentialField> Keepable { get; } =
    [.. Enum.GetValues<CredentialField>().Where(f => f is not CredentialField.AuthUrl)];

    /// <summary>What a person types unseen: alone it is worth stealing.</summary>
    public static bool IsConfidential(this CredentialField field) =>
        field
            is CredentialField.SecretAccessKey
                or CredentialField.SessionToken
                or CredentialField.Password
                or CredentialField.AccountKey
                or CredentialField.SasToken;

    /// <summary>The name, as <c>secret_access_key</c>.</summary>
    public static string ToWire(this CredentialField field) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString());

    /// <summary>The field of this name that a named secret may hold.</summary>
    public static CredentialField? Find(string name) =>
        Keepable.Select(f => (CredentialField?)f).FirstOrDefault(f => f!.Value.ToWire() == name);
}
