using Amazon.Runtime;
using Trainyard.Backends.ObjectStores.Network;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Hands the stores' one HTTP client to the S3 library.</summary>
internal sealed class S3HttpClients(StoreNetwork network) : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => network.Client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
}
