using Amazon.Runtime;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Makes the S3 library use the store's HTTP client.</summary>
internal sealed class S3HttpClients(HttpClient client) : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
}
