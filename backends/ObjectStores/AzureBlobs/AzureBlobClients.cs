using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>Clients for a storage account's containers, over the stores' one network.</summary>
internal sealed class AzureBlobClients(StoreNetwork network, TimeProvider time)
{
    // A part of 16 MiB finishes in this time at 0.5 Mbit/s.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);

    public BlobServiceClient Open(DataStoreReference store, StoreCredentials credentials)
    {
        var endpoint =
            store.Endpoint ?? throw new ObjectStoreException(ObjectStoreFailure.Invalid, "The store has no endpoint.");
        var options = OptionsFor(store);
        if (credentials.Reveal(CredentialField.SasToken) is { } sas)
        {
            return new BlobServiceClient(endpoint, new AzureSasCredential(Checked(sas)), options);
        }
        var name = credentials.Reveal(CredentialField.AccountName);
        var key = credentials.Reveal(CredentialField.AccountKey);
        if (name is null || key is null)
        {
            return new BlobServiceClient(endpoint, options);
        }
        return new BlobServiceClient(endpoint, SharedKey(name, key), options);
    }

    private static StorageSharedKeyCredential SharedKey(string name, string key)
    {
        try
        {
            return new StorageSharedKeyCredential(name, key);
        }
        catch (FormatException)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Denied,
                "The connection's `account_key` is no key of a storage account: it is not base64."
            );
        }
    }

    // Checks the expiry here, because Azure answers an expired signature like a wrong one.
    private string Checked(string sas)
    {
        var token = SasToken.Parse(sas);
        if (token.Expires is { } expires && expires <= time.GetUtcNow())
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.CredentialsExpired,
                $"The shared access signature has expired, at {expires:yyyy-MM-ddTHH:mm:ssZ}."
            );
        }
        return token.Text;
    }

    private BlobClientOptions OptionsFor(DataStoreReference store) =>
        new()
        {
            Transport = new HttpClientTransport(network.ClientFor(store)),
            // A blob may be named "/a" or "a/".
            TrimBlobNameSlashes = false,
            Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false },
            Retry =
            {
                // Retries here only cover short hiccups; the orchestration retries over minutes.
                MaxRetries = 2,
                Mode = RetryMode.Exponential,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(10),
                NetworkTimeout = RequestTimeout,
            },
        };
}
