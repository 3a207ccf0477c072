using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.AzureBlobs;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Listing;
using Trainyard.Backends.ObjectStores.Metering;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.ObjectStores.S3;
using Trainyard.Backends.ObjectStores.Swift;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Backends.ObjectStores;

/// <summary>Opens stores of all supported types.</summary>
internal sealed class ObjectStoreFactory(
    FileRoots files,
    StoreNetwork network,
    IOptions<StoreOptions> options,
    TimeProvider time
) : IObjectStoreFactory
{
    private readonly S3Clients _s3 = new(network);
    private readonly AzureBlobClients _azure = new(network, time);
    private readonly SwiftStores _swift = new(network, time);

    private long PartBytes => options.Value.PartBytes;

    public IObjectStore Open(DataStoreReference store, StoreCredentials credentials, Owner owner) =>
        new BoundedListing(
            new MeteredObjectStore(OpenType(store, credentials, owner), StoreTypes.Canonical(store.Type))
        );

    private IObjectStore OpenType(DataStoreReference store, StoreCredentials credentials, Owner owner)
    {
        if (store.Type is DataStoreType.AzureBlob)
        {
            EndpointRules.ThrowIfBucketIsIn(store.Endpoint, store.Bucket);
        }
        return store.Type switch
        {
            DataStoreType.File => new FileObjectStore(files.Of(owner, store.Bucket), PartBytes),
            DataStoreType.S3 => new S3ObjectStore(new S3Connection(_s3, store, credentials), store.Endpoint, PartBytes),
            DataStoreType.Swift => _swift.Open(store, credentials, PartBytes),
            DataStoreType.AzureBlob => new AzureBlobObjectStore(_azure.Open(store, credentials), time, PartBytes),
            _ => throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"This service cannot reach a store of type '{store.Type}'."
            ),
        };
    }
}
