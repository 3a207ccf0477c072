using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// An endpoint is the store's, not the bucket's: with the bucket in it objects would be looked for, and put, in a folder
/// of the bucket that is named after the bucket.
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

    /// <summary>What an endpoint's path has to do with it, where something is not there.</summary>
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
