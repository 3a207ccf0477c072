using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>Stores as the service opens them.</summary>
internal sealed class StoreFixture(StoreOptions? options = null) : IDisposable
{
    private readonly StoreNetwork _network = new(Options.Create(options ?? new StoreOptions()), TimeProvider.System);

    public IObjectStore Open(DataStoreReference store, StoreCredentials credentials) =>
        new ObjectStoreFactory(
            new FileRoots(Path.GetTempPath(), Options.Create(new FileStoreOptions())),
            _network,
            Options.Create(options ?? new StoreOptions()),
            TimeProvider.System
        ).Open(store, credentials, Owner.Parse("admin"));

    public IObjectStore OpenS3(string endpoint, string bucket = "datain", string? region = null) =>
        Open(
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = bucket,
                Endpoint = new Uri(endpoint),
                Region = region,
            },
            SampleCredentials.ForAccessKey("an-access-key", "its-secret")
        );

    public void Dispose() => _network.Dispose();
}
