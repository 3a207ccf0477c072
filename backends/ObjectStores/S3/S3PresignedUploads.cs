using Amazon.S3;
using Amazon.S3.Model;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Multipart uploads whose parts go to presigned addresses.</summary>
internal sealed class S3PresignedUploads(S3Connection connection, S3Uploads uploads, Protocol protocol)
    : IPresignedUploads
{
    public Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken) =>
        connection.CallAsync(
            Naming(bucket, key),
            (client, token) => uploads.BeginNewAsync(client, bucket, key, size, token),
            cancellationToken
        );

    public Task<IReadOnlyList<Uri>> PresignAsync(
        ObjectUpload upload,
        int first,
        int count,
        TimeSpan expiry,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, upload.Parts - first);
        return connection.CallAsync<IReadOnlyList<Uri>>(
            Naming(upload.Bucket, upload.Key),
            async (client, _) =>
            {
                var addresses = new List<Uri>(count);
                for (var part = first; part < first + count; part++)
                {
                    var request = RequesterPayment.AddIf(connection.RequesterPays, RequestOf(upload, part, expiry));
                    addresses.Add(new Uri(await client.GetPreSignedURLAsync(request)));
                }
                return addresses;
            },
            cancellationToken
        );
    }

    // Ignores the token, because an upload is often given up because of a cancellation.
    public Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken) =>
        connection.CallAsync(
            Naming(upload.Bucket, upload.Key),
            (client, _) => S3Uploads.GiveUpThisAsync(client, upload),
            CancellationToken.None
        );

    public Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken) =>
        connection.CallAsync(
            Naming(bucket, key),
            (client, _) => S3Uploads.GiveUpAllAsync(client, bucket, key),
            CancellationToken.None
        );

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    private GetPreSignedUrlRequest RequestOf(ObjectUpload upload, int part, TimeSpan expiry) =>
        new()
        {
            BucketName = upload.Bucket,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartNumber = part + 1,
            Verb = HttpVerb.PUT,
            Protocol = protocol,
            Expires = DateTime.UtcNow + expiry,
        };
}
