using Trainyard.Contracts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Stores;

/// <summary>Opens the store of a manifest with its separate credentials.</summary>
public interface IObjectStoreFactory
{
    /// <summary>
    /// Makes no call to the store. Throws <see cref="ObjectStoreException"/> for what can be seen to be wrong without one. The
    /// owner is whose run it is: stores without credentials keep owners apart by it.
    /// </summary>
    IObjectStore Open(DataStoreReference store, StoreCredentials credentials, Owner owner);
}
