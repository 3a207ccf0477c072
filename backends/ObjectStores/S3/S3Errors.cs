using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>Reads answers from the exceptions of Amazon's library.</summary>
internal static class S3Errors
{
    /// <summary>The answer behind an exception of the library; its status is 0 if there was no answer.</summary>
    public static StoreAnswer? AnswerOf(Exception e) =>
        e switch
        {
            AmazonServiceException answer => new StoreAnswer(
                answer.StatusCode,
                StoreText.Clean(answer.ErrorCode),
                StoreText.Clean(answer.RequestId),
                Region: ""
            ),
            AmazonClientException => StoreAnswer.None,
            _ => null,
        };

    public static bool IsRangeBehindEnd(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>Whether the server forbids or does not know this request; other requests may still work.</summary>
    public static bool IsNotForUs(AmazonS3Exception e) =>
        e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    public static bool IsNoSuchUpload(AmazonS3Exception e) => e.ErrorCode == "NoSuchUpload";

    public static bool IsNoSuchKey(AmazonS3Exception e) => e.ErrorCode == "NoSuchKey";
}
