using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Stores;

/// <summary>Opens the store that a manifest names with the credentials that were split off it.</summary>
public interface IObjectStoreFactory
{
    /// <summary>Makes no call to the store. Throws <see cref="ObjectStoreException"/> (Invalid) for a type this service lacks.</summary>
    IObjectStore Open(DataStoreReference store, StoreCredentials credentials);
}
