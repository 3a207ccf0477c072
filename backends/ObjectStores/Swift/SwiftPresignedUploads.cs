using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>
/// Uploads segments by temporary addresses, if the account or the segments' container has a key for them.
/// </summary>
/// <param name="session">The login.</param>
/// <param name="addresses">Signs them.</param>
/// <param name="planAsync">Cuts an object of a bucket, a key and a size into parts.</param>
internal sealed class SwiftPresignedUploads(
    SwiftSession session,
    SwiftAddresses addresses,
    Func<string, string, long, CancellationToken, Task<ObjectUpload>> planAsync
) : IPresignedUploads
{
    public bool ChecksETags => true;

    public Task<ObjectUpload> BeginAsync(string bucket, string key, long size, CancellationToken cancellationToken) =>
        SwiftObjectStore.OnBucketAsync(
            bucket,
            async token =>
            {
                var plan = await planAsync(bucket, key, size, token);
                if (plan.Parts == 1 || !await addresses.AreSignedAsync(SwiftUpload.SegmentsOf(bucket), token))
                {
                    return plan;
                }
                var upload = await SwiftUpload.BeginAsync(session, plan, token);
                return upload with { UploadId = StraightUploadId.New() };
            },
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
        return SwiftObjectStore.CallAsync<IReadOnlyList<Uri>>(
            Naming(upload.Bucket, upload.Key),
            async token =>
            {
                var (container, signed) = (SwiftUpload.SegmentsOf(upload.Bucket), new List<Uri>(count));
                for (var part = first; part < first + count; part++)
                {
                    var name = SwiftUpload.SegmentName(upload.Key, part, StraightUploadId.NameOf(upload)!);
                    signed.Add(
                        await addresses.SignAsync(HttpMethod.Put, container, name, expiry, token) ?? throw NoKey()
                    );
                }
                return signed;
            },
            cancellationToken
        );
    }

    public Task GiveUpAsync(ObjectUpload upload, CancellationToken cancellationToken) =>
        SwiftObjectStore.CallAsync(
            Naming(upload.Bucket, upload.Key),
            _ => new SwiftUpload(session, upload).GiveUpAsync(),
            CancellationToken.None
        );

    public Task GiveUpAllAsync(string bucket, string key, CancellationToken cancellationToken) =>
        SwiftObjectStore.CallAsync(
            Naming(bucket, key),
            _ => new SwiftUpload(session, SwiftUpload.AnyOf(bucket, key)).GiveUpAsync(),
            CancellationToken.None
        );

    private static string Naming(string bucket, string key) => $"'{key}' of bucket '{bucket}'";

    private static ObjectStoreException NoKey() =>
        new(ObjectStoreFailure.Forbidden, "The account has no key for temporary addresses any more.");
}
