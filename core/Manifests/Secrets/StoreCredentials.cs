using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Trainyard.Core.Manifests;

/// <summary>What opens one data store. Values come out through <see cref="Reveal"/> only.</summary>
[DebuggerDisplay("StoreCredentials(***)")]
[JsonConverter(typeof(RefuseToSerialize<StoreCredentials>))]
public sealed class StoreCredentials
{
    private readonly Dictionary<CredentialField, Secret> _values;

    internal StoreCredentials(IEnumerable<KeyValuePair<CredentialField, Secret>> values) => _values = new(values);

    /// <summary>For a <c>file</c> store, or where a named secret of the service will be used.</summary>
    public static StoreCredentials None { get; } = new([]);

    public bool IsEmpty => _values.Count == 0;

    /// <summary>Which values there are, never what they are.</summary>
    public IReadOnlyCollection<CredentialField> Fields => _values.Keys;

    public static StoreCredentials ForAccessKey(string accessKeyId, string secretAccessKey) =>
        new([
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
        new(
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

    public bool Has(CredentialField field) => _values.ContainsKey(field);

    /// <summary>The value itself, or null where it was not given.</summary>
    public string? Reveal(CredentialField field) => _values.GetValueOrDefault(field)?.Reveal();

    public override string ToString() => $"{nameof(StoreCredentials)}({Secret.Mask})";
}

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
