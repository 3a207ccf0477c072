using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Stores;

/// <summary>A connection's credentials with what its client needs beside them.</summary>
public static class StoreLogin
{
    public static StoreCredentials Of(
        DataStoreType type,
        IEnumerable<KeyValuePair<CredentialField, Secret>> values,
        Uri endpoint,
        string? region
    )
    {
        var login = new Dictionary<CredentialField, Secret>(values);
        // Swift's client logs in at the endpoint and picks the region itself, so both go with the credentials too.
        if (type == DataStoreType.Swift && login.Count > 0)
        {
            login[CredentialField.AuthUrl] = new Secret(endpoint.OriginalString);
            if (region is not null)
            {
                login[CredentialField.Region] = new Secret(region);
            }
        }

        return StoreCredentials.Of(login);
    }
}
