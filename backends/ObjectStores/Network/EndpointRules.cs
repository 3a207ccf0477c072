using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// Checks endpoints. An endpoint must not contain the bucket: objects would then be read and written in a folder of the
/// bucket that has the bucket's name.
/// </summary>
internal static class EndpointRules
{
    public static void ThrowIfBucketIsIn(Uri? endpoint, string bucket)
    {
        if (endpoint is null)
        {
            return;
        }
        if (endpoint.AbsolutePath.Split('/').Contains(bucket, StringComparer.Ordinal))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.EndpointPath,
                $"The endpoint has the bucket '{bucket}' in its path '{endpoint.AbsolutePath}': write the address without it, '{endpoint.GetLeftPart(UriPartial.Authority)}'."
            );
        }
        if (endpoint.Host.StartsWith(bucket + ".", StringComparison.OrdinalIgnoreCase))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.EndpointPath,
                $"The endpoint has the bucket '{bucket}' in its name '{endpoint.Host}': write the address without it, '{endpoint.Scheme}://{endpoint.Authority[(bucket.Length + 1)..]}'."
            );
        }
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
