using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Network;
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
        store.Type switch
        {
            DataStoreType.File => new FileObjectStore(files, options.Value.PartBytes),
            DataStoreType.S3 => new S3ObjectStore(
                s3.Open(store, credentials),
                store.Endpoint?.Scheme != Uri.UriSchemeHttp,
                options.Value.PartBytes
            ),
            _ => throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"This service cannot reach a store of type '{store.Type}'; it knows s3 and file."
            ),
        };
}
