using Azure.Core;

namespace Trainyard.Backends.Azure.Hosting;

/// <summary>Settings of the service on Azure: the section <c>Azure</c>.</summary>
public sealed class AzureOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Azure";

    /// <summary>The storage account. Exactly one of its two settings is given.</summary>
    public StorageOptions Storage { get; set; } = new();

    /// <summary>The key vault. Required with a storage account; not used with the emulator.</summary>
    public KeyVaultOptions KeyVault { get; set; } = new();

    /// <summary>The machines of the pool, where the service scales them.</summary>
    public ScaleSetOptions ScaleSet { get; set; } = new();
}

/// <summary>The storage of records, blobs and secrets.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// Name of the storage account, 3 to 24 lower-case letters and digits. It is reached at
    /// <c>https://NAME.blob.core.windows.net</c> and <c>https://NAME.table.core.windows.net</c> by the service's identity.
    /// </summary>
    public string? AccountName { get; set; }

    /// <summary>
    /// Connection string of the storage emulator, instead of an account. Any other connection string is refused,
    /// because accounts are never accessed by key.
    /// </summary>
    public string? ConnectionString { get; set; }
}

/// <summary>The key that wraps the keys that encrypt runs' secrets.</summary>
public sealed class KeyVaultOptions
{
    /// <summary>
    /// Address of the vault, such as <c>https://NAME.vault.azure.net/</c>. Required if the key is given by name.
    /// </summary>
    public Uri? Uri { get; set; }

    /// <summary>
    /// The RSA key: its identifier (<c>https://NAME.vault.azure.net/keys/KEY</c>, with or without a version), or its name
    /// in the vault. Without a version the newest one wraps, and older ones still unwrap.
    /// </summary>
    public string? DataProtectionKeyId { get; set; }

    /// <summary>The key's identifier, or null when there is none.</summary>
    public Uri? FindKey() =>
        System.Uri.TryCreate(DataProtectionKeyId, UriKind.Absolute, out var key) ? key
        : Uri is not null && !string.IsNullOrEmpty(DataProtectionKeyId) ? new Uri(Uri, $"keys/{DataProtectionKeyId}")
        : null;
}

/// <summary>The scale set whose machines are the pool.</summary>
public sealed class ScaleSetOptions
{
    private const string Type = "Microsoft.Compute/virtualMachineScaleSets";

    /// <summary>
    /// Its resource id, <c>/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachineScaleSets/NAME</c>, of
    /// uniform orchestration. Without it the service does not scale the pool. The scale set need not exist yet.
    /// </summary>
    public string? ResourceId { get; set; }

    /// <summary>The resource id, or null when it is missing or not the id of a scale set.</summary>
    public ResourceIdentifier? FindId() =>
        !string.IsNullOrEmpty(ResourceId)
        && ResourceIdentifier.TryParse(ResourceId, out var id)
        && id is { SubscriptionId: not null, ResourceGroupName: not null }
        && id.ResourceType == Type
            ? id
            : null;
}
