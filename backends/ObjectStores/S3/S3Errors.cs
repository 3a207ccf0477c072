using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>
/// The failures of an S3 server as the stores' own. Messages are made here of the error's code alone: what a server
/// says at length can repeat the key or the signature it was sent.
/// </summary>
internal static class S3Errors
{
    public static async Task<T> MapAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsStoreError(e))
        {
            throw ToStoreError(e, what);
        }
    }

    /// <summary>Whether an exception is a failure of the store. A cancel counts: it was not asked for, so it is a timeout.</summary>
    public static bool IsStoreError(Exception e) =>
        e
            is ObjectStoreException
                or AmazonServiceException
                or AmazonClientException
                or HttpRequestException
                or IOException
                or SocketException
                or OperationCanceledException;

    public static ObjectStoreException ToStoreError(Exception e, string what) =>
        Within<ObjectStoreException>(e)
        ?? (e is AmazonServiceException answer ? FromAnswer(answer, what) : NoAnswer(e, what));

    public static bool IsRangeBehindEnd(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>Whether this one request is not allowed or not known, which says nothing of the others.</summary>
    public static bool IsNotForUs(AmazonS3Exception e) =>
        e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    public static bool IsNoSuchUpload(AmazonS3Exception e) => e.ErrorCode == "NoSuchUpload";

    public static bool IsNoSuchKey(AmazonS3Exception e) => e.ErrorCode == "NoSuchKey";

    private static ObjectStoreException FromAnswer(AmazonServiceException e, string what)
    {
        var failure = FailureOf(e);
        var code = string.IsNullOrEmpty(e.ErrorCode) ? ((int)e.StatusCode).ToString() : e.ErrorCode;
        // No answer at all is reported as a service exception, too.
        return failure == ObjectStoreFailure.Unavailable && (int)e.StatusCode == 0
            ? NoAnswer(e, what)
            : new ObjectStoreException(failure, $"{SentenceOf(failure)} ({code}): {what}.");
    }

    private static ObjectStoreFailure FailureOf(AmazonServiceException e) =>
        e.ErrorCode switch
        {
            "NoSuchBucket" => ObjectStoreFailure.BucketNotFound,
            "NoSuchKey" or "NoSuchUpload" => ObjectStoreFailure.ObjectNotFound,
            "BadDigest" or "IncompleteBody" or "InvalidPart" or "XAmzContentSHA256Mismatch" =>
                ObjectStoreFailure.Corrupt,
            "RequestTimeout" or "SlowDown" or "OperationAborted" => ObjectStoreFailure.Unavailable,
            _ => FailureOf(e.StatusCode),
        };

    private static ObjectStoreFailure FailureOf(HttpStatusCode status) =>
        (int)status switch
        {
            401 or 403 => ObjectStoreFailure.Denied,
            404 => ObjectStoreFailure.ObjectNotFound,
            0 or 408 or 429 or >= 500 => ObjectStoreFailure.Unavailable,
            _ => ObjectStoreFailure.Invalid,
        };

    private static string SentenceOf(ObjectStoreFailure failure) =>
        failure switch
        {
            ObjectStoreFailure.BucketNotFound => "The store has no such bucket",
            ObjectStoreFailure.ObjectNotFound => "The store has no such object",
            ObjectStoreFailure.Denied => "The store refuses these credentials",
            ObjectStoreFailure.Corrupt => "The store received something else than was sent",
            ObjectStoreFailure.Invalid => "The store does not accept the request",
            _ => "The store failed",
        };

    private static ObjectStoreException NoAnswer(Exception e, string what)
    {
        var reason = Within<SocketException>(e) is { } socket ? $" ({socket.SocketErrorCode})" : "";
        return new ObjectStoreException(ObjectStoreFailure.Unavailable, $"The store does not answer{reason}: {what}.");
    }

    private static T? Within<T>(Exception e)
        where T : Exception
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is T found)
                return found;
        }
        return null;
    }
}
