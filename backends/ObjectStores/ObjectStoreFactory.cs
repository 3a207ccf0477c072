using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Listing;
using Trainyard.Backends.ObjectStores.S3;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores;

/// <summary>The kinds of stores that this service can reach.</summary>
internal sealed class ObjectStoreFactory(FileRoot files, S3Clients s3, IOptions<StoreOptions> options)
    : IObjectStoreFactory
{
    public IObjectStore Open(DataStoreReference store, StoreCredentials credentials) =>
        new BoundedListing(OpenType(store, credentials));

    private IObjectStore OpenType(DataStoreReference store, StoreCredentials credentials) =>
        store.Type switch
        {
            DataStoreType.File => new FileObjectStore(files, options.Value.PartBytes),
            DataStoreType.S3 => OpenS3(store, credentials),
            _ => throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"This service cannot reach a store of type '{store.Type}'; it knows s3 and file."
            ),
        };

    private S3ObjectStore OpenS3(DataStoreReference store, StoreCredentials credentials)
    {
        EndpointRules.ThrowIfBucketIsIn(store.Endpoint, store.Bucket);
        return new S3ObjectStore(
            new S3Connection(s3, store, credentials),
            store.Endpoint,
            options.Value.PartBytes
        );
    }
}
