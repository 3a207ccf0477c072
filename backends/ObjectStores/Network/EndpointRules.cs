using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// Checks endpoints. An endpoint must not contain the bucket: objects would then be read and written in a folder of the
/// bucket that has the bucket's name. Every run lists its buckets before it writes.
/// </summary>
internal static class EndpointRules
{
    public static void ThrowIfBucketIsIn(Uri? endpoint, string bucket)
    {
        if (WhereBucketIs(endpoint, bucket) is { } where)
        {
            throw new ObjectStoreException(ObjectStoreFailure.EndpointPath, where);
        }
    }

    /// <summary>
    /// Explains why a bucket could not be listed that is called like a part of its endpoint. A server may be called so,
    /// too: then the list comes.
    /// </summary>
    public static ObjectStoreException ExplainList(ObjectStoreException e, Uri? endpoint, string bucket) =>
        e.Failure
            is ObjectStoreFailure.BucketNotFound
                or ObjectStoreFailure.ObjectNotFound
                or ObjectStoreFailure.Forbidden
                or ObjectStoreFailure.Invalid
        && WhereBucketIs(endpoint, bucket) is { } where
            ? new ObjectStoreException(ObjectStoreFailure.EndpointPath, $"{where} {e.Message}", e)
            : e;

    private static string? WhereBucketIs(Uri? endpoint, string bucket)
    {
        if (endpoint is null)
        {
            return null;
        }
        if (endpoint.AbsolutePath.Split('/').Contains(bucket, StringComparer.Ordinal))
        {
            return $"The endpoint has the bucket '{bucket}' in its path '{endpoint.AbsolutePath}': write the address without it, '{endpoint.GetLeftPart(UriPartial.Authority)}'.";
        }
        return
            endpoint.HostNameType is UriHostNameType.Dns
            && endpoint.Host.StartsWith(bucket + ".", StringComparison.OrdinalIgnoreCase)
            ? $"The endpoint has the bucket '{bucket}' in its name '{endpoint.Host}': write the address without it, '{endpoint.Scheme}://{endpoint.Authority[(bucket.Length + 1)..]}'."
            : null;
    }

    /// <summary>Adds a hint about the endpoint's path to a failure about a missing bucket or object.</summary>
    public static ObjectStoreException Explain(ObjectStoreException e, Uri? endpoint) =>
        e.Failure is ObjectStoreFailure.BucketNotFound or ObjectStoreFailure.ObjectNotFound
        && endpoint is { AbsolutePath.Length: > 1 }
            ? new ObjectStoreException(
                ObjectStoreFailure.EndpointPath,
                $"Nothing is there below the endpoint's path '{endpoint.AbsolutePath}', which most stores do not have: {e.Message}",
                e
            )
            : e;
}
