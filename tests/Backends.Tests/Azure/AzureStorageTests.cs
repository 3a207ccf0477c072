using Azure.Core.Pipeline;
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

/// <summary>Those that come to it with an identity, as on Azure.</summary>
[CollectionDefinition(Name)]
public sealed class AzureIdentityTests : ICollectionFixture<SecureAzuriteServer>
{
    public const string Name = "Azure storage by identity";
}

/// <summary>Tables and containers of a test's own.</summary>
internal sealed class TestStorage
{
    private readonly string _name = $"t{Guid.NewGuid():N}";
    private readonly BlobServiceClient _blobs;
    private readonly TableServiceClient _tables;

    /// <summary>By the emulator's key.</summary>
    public TestStorage(AzuriteServer server)
    {
        _blobs = new BlobServiceClient(server.ConnectionString);
        _tables = new TableServiceClient(server.ConnectionString);
    }

    /// <summary>By an identity: no client here knows the account's key.</summary>
    public TestStorage(SecureAzuriteServer server, TestIdentity identity)
    {
        var transport = new HttpClientTransport(server.CreateClient());
        _blobs = new BlobServiceClient(server.BlobEndpoint, identity, new BlobClientOptions { Transport = transport });
        _tables = new TableServiceClient(
            server.TableEndpoint,
            identity,
            new TableClientOptions { Transport = transport }
        );
    }

    public async Task<TableClient> TableAsync()
    {
        var table = _tables.GetTableClient(_name);
        await table.CreateIfNotExistsAsync();
        return table;
    }

    public async Task<BlobContainerClient> ContainerAsync()
    {
        var container = _blobs.GetBlobContainerClient(_name);
        await container.CreateIfNotExistsAsync();
        return container;
    }
}
