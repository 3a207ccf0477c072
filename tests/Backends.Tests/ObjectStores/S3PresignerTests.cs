using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Backends.ObjectStores.S3;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>Addresses are signed as the SDK signs them.</summary>
public sealed class S3PresignerTests
{
    [Theory]
    [InlineData("https://s3.example.com", "bucket", "folder/a b+c.txt", null)]
    [InlineData("http://127.0.0.1:9000", "dots.in.bucket", "100%41 a+b#c?d&e=f~.txt", null)]
    [InlineData("https://s3.example.com/path", "bucket", "ünï/日本", null)]
    [InlineData("https://s3.example.com:443", "bucket", "double//slash", "session/token+of==")]
    [InlineData("https://s3.example.com", "bucket", "a b", "session/token+of==", true)]
    [InlineData("https://s3.example.com", "bucket", "a b", null, true)]
    public async Task Of_every_kind_of_key(
        string endpoint,
        string bucket,
        string key,
        string? token,
        bool requesterPays = false
    )
    {
        AWSCredentials credentials = token is null
            ? new BasicAWSCredentials("ID", "secret/key")
            : new SessionAWSCredentials("ID", "secret/key", token);
        using var client = new AmazonS3Client(
            credentials,
            new AmazonS3Config
            {
                ServiceURL = endpoint,
                ForcePathStyle = true,
                AuthenticationRegion = "eu-test-1",
            }
        );
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = new Uri(endpoint).Scheme == "http" ? Protocol.HTTP : Protocol.HTTPS,
            Expires = DateTime.UtcNow.AddHours(1),
        };
        var sdk = new Uri(await client.GetPreSignedURLAsync(RequesterPayment.AddIf(requesterPays, request)));
        var query = Parts(sdk);

        var presigner = new S3Presigner(new Uri(endpoint), "eu-test-1", "ID", "secret/key", token)
        {
            RequesterPays = requesterPays,
        };
        var ours = presigner.Sign(
            bucket,
            key,
            TimeSpan.FromSeconds(int.Parse(query["X-Amz-Expires"])),
            DateTimeOffset.ParseExact(
                query["X-Amz-Date"],
                "yyyyMMdd'T'HHmmss'Z'",
                null,
                System.Globalization.DateTimeStyles.AssumeUniversal
            )
        );

        Assert.Equal(query, Parts(ours));
        Assert.Equal(requesterPays, query.ContainsKey("x-amz-request-payer"));
        Assert.Equal(sdk.AbsolutePath, ours.AbsolutePath);
        Assert.Equal(sdk.Authority, ours.Authority);
    }

    private static SortedDictionary<string, string> Parts(Uri address) =>
        new(
            address
                .Query[1..]
                .Split('&')
                .Select(part => part.Split('=', 2))
                .ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]))
        );
}
