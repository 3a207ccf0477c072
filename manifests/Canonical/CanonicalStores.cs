using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Manifests.Canonical;

/// <summary>The two data stores of the canonical form.</summary>
internal static class CanonicalStores
{
    public static void Write(YamlWriter yaml, TrainingManifest manifest, RunSecrets? secrets)
    {
        yaml.Map(
            "training_data_reference",
            () => Store(yaml, manifest.TrainingData, secrets?.Data, "source", "TRAINING_DATA")
        );
        yaml.Map(
            "training_results_reference",
            () => Store(yaml, manifest.TrainingResults, secrets?.Results, "target", "TRAINING_RESULTS")
        );
    }

    private static void Store(
        YamlWriter yaml,
        DataStoreReference store,
        StoreCredentials? credentials,
        string inner,
        string prefix
    )
    {
        yaml.Text("name", store.Name);
        yaml.Text("type", StoreTypes.Canonical(store.Type));
        yaml.Text("mode", ModeReading.Word(store.Mode));
        if (store.Type != DataStoreType.File)
        {
            yaml.Map("connection", () => Connection(yaml, store, credentials, prefix));
        }

        yaml.Map(
            inner,
            () =>
            {
                yaml.Text("bucket", store.Bucket);
                yaml.Text("prefix", store.Prefix);
                Patterns(yaml, "include", store.Include);
                Patterns(yaml, "exclude", store.Exclude);
            }
        );
    }

    private static void Patterns(YamlWriter yaml, string key, IReadOnlyList<string> patterns)
    {
        if (patterns.Count > 0)
        {
            yaml.Raw(key, $"[{string.Join(", ", patterns.Select(YamlText.Quoted))}]");
        }
    }

    private static void Connection(
        YamlWriter yaml,
        DataStoreReference store,
        StoreCredentials? credentials,
        string prefix
    )
    {
        var keys = ConnectionKeys.Of(store.Type);
        yaml.Quoted(keys.Endpoint[0], store.Endpoint?.OriginalString);
        yaml.Text("region", store.Region);
        yaml.Text(CertificateReading.Key, store.CaCertificate);
        if (store.RequesterPays)
        {
            yaml.Raw(ConnectionKeys.RequesterPaysKey, $"true");
        }
        yaml.Text("secret", store.SecretName);
        foreach (var key in keys.Keys.Where(k => IsThere(store, credentials, k)))
        {
            var name = $"{prefix}_{key.Names[0].ToUpperInvariant()}";
            yaml.Quoted(key.Names[0], EnvReference.For(credentials?.Reveal(key.Field) ?? "", name));
        }
    }

    private static bool IsThere(DataStoreReference store, StoreCredentials? credentials, ConnectionKey key) =>
        store.SecretName is null
        && (
            credentials?.Has(key.Field)
            ?? (key.Required || key.Field is CredentialField.AccountName or CredentialField.AccountKey)
        );
}
