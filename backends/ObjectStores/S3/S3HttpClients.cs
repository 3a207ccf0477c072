using Amazon.Runtime;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Hands a store's HTTP client to the S3 library.</summary>
internal sealed class S3HttpClients(HttpClient client) : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
}
