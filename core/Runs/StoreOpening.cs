using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Core.Runs;

/// <summary>Combines a store with credentials that are kept, or were sent, apart from its manifest.</summary>
public static class StoreOpening
{
    /// <summary>
    /// Combines a store and a secret. The secret may contain fields for other store types; the connection's own region
    /// takes precedence over the secret's.
    /// </summary>
    public static OpenedStore Open(DataStoreReference store, StoreCredentials secret)
    {
        var fields = SecretFit.FieldsFor(store.Type).Where(secret.Has).ToList();
        var region =
            store.Region ?? (fields.Remove(CredentialField.Region) ? secret.Reveal(CredentialField.Region) : null);
        var values = fields
            .Where(f => f is not CredentialField.Region)
            .Select(f => KeyValuePair.Create(f, new Secret(secret.Reveal(f)!)));
        var credentials = store.Endpoint is null
            ? StoreCredentials.None
            : StoreLogin.Of(store.Type, values, store.Endpoint, region);
        return new OpenedStore(store with { Region = region }, credentials);
    }
}

/// <summary>A store and its credentials.</summary>
public sealed record OpenedStore(DataStoreReference Store, StoreCredentials Credentials);
