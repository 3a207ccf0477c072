using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>The classes that share one storage server run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class AzureStorageTests : ICollectionFixture<AzuriteServer>
{
    public const string Name = "Azure storage";
}

/// <summary>Tables and containers of a test's own.</summary>
internal sealed class TestStorage(AzuriteServer server)
{
    private readonly string name = $"t{Guid.NewGuid():N}";

    public string ConnectionString => server.ConnectionString;

    public async Task<TableClient> TableAsync()
    {
        var table = new TableServiceClient(server.ConnectionString).GetTableClient(name);
        await table.CreateIfNotExistsAsync();
        return table;
    }

    public async Task<BlobContainerClient> ContainerAsync()
    {
        var container = new BlobServiceClient(server.ConnectionString).GetBlobContainerClient(name);
        await container.CreateIfNotExistsAsync();
        return container;
    }
}
