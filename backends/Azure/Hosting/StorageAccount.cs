using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Trainyard.Backends.Azure.Hosting;

/// <summary>The tables and containers of the service. They are created at the service's start.</summary>
internal sealed class StorageAccount
{
    private readonly TableServiceClient _tables;
    private readonly BlobServiceClient _blobs;

    public StorageAccount(IOptions<AzureOptions> options, TokenCredential credential)
    {
        var storage = options.Value.Storage;
        if (!string.IsNullOrEmpty(storage.ConnectionString))
        {
            _tables = new TableServiceClient(storage.ConnectionString);
            _blobs = new BlobServiceClient(storage.ConnectionString);
            return;
        }
        var name = storage.AccountName;
        _tables = new TableServiceClient(new Uri($"https://{name}.table.core.windows.net"), credential);
        _blobs = new BlobServiceClient(new Uri($"https://{name}.blob.core.windows.net"), credential);
    }

    /// <summary>Records of runs.</summary>
    public TableClient Runs => _tables.GetTableClient("runs");

    /// <summary>Records of experiments and of their runs.</summary>
    public TableClient Experiments => _tables.GetTableClient("experiments");

    /// <summary>The dispatch queue.</summary>
    public TableClient Dispatch => _tables.GetTableClient("dispatch");

    /// <summary>Model archives, logs, metrics, staged results, stored models, hashes of API keys.</summary>
    public BlobContainerClient Blobs => _blobs.GetBlobContainerClient("blobs");

    /// <summary>Where users drop archives and manifests.</summary>
    public BlobContainerClient Drops => _blobs.GetBlobContainerClient("drop");

    /// <summary>Secrets of runs, encrypted.</summary>
    public BlobContainerClient Secrets => _blobs.GetBlobContainerClient("secrets");

    /// <summary>The keys that encrypt secrets, themselves wrapped by a key of the vault.</summary>
    public BlobClient ProtectionKeys => KeyContainer.GetBlobClient("data-protection.xml");

    private BlobContainerClient KeyContainer => _blobs.GetBlobContainerClient("protection-keys");

    /// <summary>Creates missing tables and containers.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var table in new[] { Runs, Experiments, Dispatch })
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
        }
        foreach (var container in new[] { Blobs, Drops, Secrets, KeyContainer })
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
    }
}
