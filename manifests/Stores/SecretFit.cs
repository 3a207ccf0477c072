using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Stores;

/// <summary>Whether a named secret opens a store of some type. Only fields are named, never values.</summary>
public static class SecretFit
{
    /// <summary>Why it does not, to follow "the secret"; null when it does.</summary>
    public static string? Objection(DataStoreType type, StoreCredentials secret)
    {
        if (type == DataStoreType.AzureBlob)
        {
            return OfAzure(secret);
        }

        var missing = ConnectionKeys.Of(type).Keys.Where(k => k.Required && !secret.Has(k.Field)).Select(k => k.Field);
        return Lacks(missing);
    }

    /// <summary>What a login to a registry of images is.</summary>
    public static IReadOnlyList<CredentialField> RegistryFields { get; } =
    [CredentialField.UserName, CredentialField.Password];

    /// <summary>Why it opens no registry of images, to follow "the secret"; null when it does.</summary>
    public static string? RegistryObjection(StoreCredentials secret) =>
        Lacks(RegistryFields.Where(field => !secret.Has(field)));

    /// <summary>The fields that a store of this type takes.</summary>
    public static IEnumerable<CredentialField> FieldsFor(DataStoreType type)
    {
        var keys = ConnectionKeys.Of(type);
        return keys.Keys.Select(k => k.Field).Concat(keys.Region ? [CredentialField.Region] : []);
    }

    private static string? OfAzure(StoreCredentials secret) =>
        (secret.Has(CredentialField.SasToken), secret.Has(CredentialField.AccountKey)) switch
        {
            (true, true) => "holds both `sas_token` and `account_key`, of which the store takes one",
            (true, false) => null,
            (false, false) => "lacks `sas_token`, or `account_name` with `account_key`",
            (false, true) => Lacks(secret.Has(CredentialField.AccountName) ? [] : [CredentialField.AccountName]),
        };

    private static string? Lacks(IEnumerable<CredentialField> fields)
    {
        var names = string.Join(", ", fields.Select(f => $"`{f.ToWire()}`"));
        return names.Length == 0 ? null : $"lacks {names}";
    }
}
