using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Core.Manifests;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores;

/// <summary>The kinds of stores that this service can reach.</summary>
internal sealed class ObjectStoreFactory(FileRoot files) : IObjectStoreFactory
{
    public IObjectStore Open(DataStoreReference store, StoreCredentials credentials) =>
        store.Type switch
        {
            DataStoreType.File => new FileObjectStore(files),
            DataStoreType.S3 => throw new ObjectStoreException(ObjectStoreFailure.Invalid, "s3 soon"),
            _ => throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"This service cannot reach a store of type '{store.Type}'; it knows s3 and file."
            ),
        };
}
