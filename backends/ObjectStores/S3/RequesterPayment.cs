using Amazon.Runtime;
using Amazon.S3.Model;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>
/// Tells the store that the requester pays, as it demands for buckets whose owner does not. In every request, because
/// other buckets and servers ignore it.
/// </summary>
internal static class RequesterPayment
{
    public const string Name = "x-amz-request-payer";
    public const string Value = "requester";

    /// <summary>Adds the header before the request is signed.</summary>
    public static void Add(object sender, RequestEventArgs request)
    {
        if (request is WebServiceRequestEventArgs { Headers: var headers })
        {
            headers[Name] = Value;
        }
    }

    /// <summary>Adds it to an address, where it is part of the query.</summary>
    public static GetPreSignedUrlRequest AddIf(bool requesterPays, GetPreSignedUrlRequest request)
    {
        if (requesterPays)
        {
            request.Parameters[Name] = Value;
        }
        return request;
    }
}
