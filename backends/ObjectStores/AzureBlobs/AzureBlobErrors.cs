using System.Net;
using Azure;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.AzureBlobs;

/// <summary>Reads answers from the exceptions of Azure's library.</summary>
internal static class AzureBlobErrors
{
    /// <summary>The answer behind an exception of the library; its status is 0 if there was no answer.</summary>
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
