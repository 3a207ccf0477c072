using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Opens stores of OpenStack Swift, over the stores' one network.</summary>
internal sealed class SwiftStores(StoreNetwork network, TimeProvider time)
{
    public SwiftObjectStore Open(DataStoreReference store, StoreCredentials credentials, long partBytes)
    {
        var http = new SwiftHttp(network.ClientFor(store), time);
        var authentication = new SwiftAuthentication(http, SwiftLogin.Of(store, credentials));
        var session = new SwiftSession(http, authentication, time);
        return new SwiftObjectStore(session, new SwiftAddresses(http, session, time), partBytes);
    }
}
