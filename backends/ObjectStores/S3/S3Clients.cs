using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Creates clients with settings that every S3 server understands, not only Amazon's.</summary>
internal sealed class S3Clients(StoreNetwork network)
{
    public StoreClocks Clocks { get; } = new(TimeProvider.System);

    private const string DefaultRegion = "us-east-1";

    // A part of 16 MiB finishes in this time at 0.5 Mbit/s.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);

    /// <summary>A client for a region; the default is Amazon's first region, which most other servers expect.</summary>
    public AmazonS3Client Open(DataStoreReference store, StoreCredentials credentials, string? region)
    {
        var config = ConfigOf(store, string.IsNullOrEmpty(region) ? DefaultRegion : region);
        var client = new AmazonS3Client(CredentialsOf(credentials), config);
        if (store.RequesterPays)
        {
            client.BeforeRequestEvent += RequesterPayment.Add;
        }
        return client;
    }

    /// <summary>The signer of addresses; null without credentials, or if only the SDK knows the address.</summary>
    public static S3Presigner? PresignerOf(DataStoreReference store, StoreCredentials credentials, string? region)
    {
        var id = credentials.Reveal(CredentialField.AccessKeyId);
        var secret = credentials.Reveal(CredentialField.SecretAccessKey);
        if (store.Endpoint is null || id is null || secret is null)
        {
            return null;
        }
        var signed = string.IsNullOrEmpty(region) ? DefaultRegion : region;
        var endpoint = AmazonRegions.Endpoint(store.Endpoint, signed);
        var token = credentials.Reveal(CredentialField.SessionToken);
        return new S3Presigner(endpoint, signed, id, secret, token) { RequesterPays = store.RequesterPays };
    }

    private AmazonS3Config ConfigOf(DataStoreReference store, string region)
    {
        var config = new AmazonS3Config
        {
            HttpClientFactory = new S3HttpClients(network.ClientFor(store)),
            ForcePathStyle = true,
            // Many servers do not know checksums newer than MD5.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = RequestTimeout,
            RetryMode = RequestRetryMode.Standard,
            // Retries here only cover short hiccups; the orchestration retries over minutes.
            MaxErrorRetry = 2,
        };
        if (store.Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.ServiceURL = AmazonRegions.Endpoint(store.Endpoint, region).AbsoluteUri.TrimEnd('/');
            config.AuthenticationRegion = region;
        }
        return config;
    }

    private static AWSCredentials CredentialsOf(StoreCredentials credentials)
    {
        var id = credentials.Reveal(CredentialField.AccessKeyId);
        var secret = credentials.Reveal(CredentialField.SecretAccessKey);
        if (id is null || secret is null)
        {
            return new AnonymousAWSCredentials();
        }
        return credentials.Reveal(CredentialField.SessionToken) is { } token
            ? new SessionAWSCredentials(id, secret, token)
            : new BasicAWSCredentials(id, secret);
    }
}
