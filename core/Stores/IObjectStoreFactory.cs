using Trainyard.Contracts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Stores;

/// <summary>Opens the store of a manifest with its separate credentials.</summary>
public interface IObjectStoreFactory
{
    /// <summary>
    /// Opens a store without calling it. Throws <see cref="ObjectStoreException"/> for errors that are visible without
    /// a call. The owner is the run's owner: stores without credentials separate owners by it.
    /// </summary>
    IObjectStore Open(DataStoreReference store, StoreCredentials credentials, Owner owner);
}
