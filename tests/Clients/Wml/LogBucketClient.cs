using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;

namespace Trainyard.Clients.Wml;

/// <summary>An S3 client of another hand, with the connection that a run's answer has.</summary>
internal sealed class LogBucketClient(JsonElement connection, string? secret = null) : IDisposable
{
    private readonly AmazonS3Client _s3 = new(
        new BasicAWSCredentials(connection.Text("access_key_id"), secret ?? connection.Text("secret_access_key")),
        new AmazonS3Config
        {
            ServiceURL = connection.Text("endpoint_url"),
            AuthenticationRegion = "us-east-1",
            ForcePathStyle = true,
            MaxErrorRetry = 0,
        }
    );

    public async Task<string> ReadAsync(string bucket, string key)
    {
        using var answer = await _s3.GetObjectAsync(bucket, key);
        using var reader = new StreamReader(answer.ResponseStream);
        return await reader.ReadToEndAsync();
    }

    public async Task<int> StatusAsync(string bucket, string key)
    {
        try
        {
            using var answer = await _s3.GetObjectAsync(bucket, key);
            return (int)answer.HttpStatusCode;
        }
        catch (AmazonS3Exception e)
        {
            return (int)e.StatusCode;
        }
    }

    public void Dispose() => _s3.Dispose();
}
