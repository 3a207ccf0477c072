using System.Net;
using Azure;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>What Azure's library makes of an answer.</summary>
internal static class AzureBlobErrors
{
    /// <summary>The answer behind an exception of the library; one of status 0 where there was none.</summary>
    public static StoreAnswer? AnswerOf(Exception e) =>
        e switch
        {
            RequestFailedException answer => new StoreAnswer(
                (HttpStatusCode)answer.Status,
                StoreText.Clean(answer.ErrorCode),
                StoreText.Clean(answer.GetRawResponse()?.Headers.RequestId),
                Region: ""
            ),
            AggregateException => StoreAnswer.None,
            _ => null,
        };

    public static bool IsRangeBehindEnd(RequestFailedException e) => e.Status == 416;

    public static bool IsNotThere(RequestFailedException e) => e.Status == 404;
}
