using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>
/// Lists a bucket. XML has no way to write some characters that keys may contain: where a list cannot be written or
/// read, its keys are asked for percent-encoded. Not from the start, because some servers say that they encode keys and
/// do not.
/// </summary>
internal sealed class S3Listing
{
    private volatile bool _isEncoded;

    public async Task<ListObjectsV2Response> ListAsync(
        AmazonS3Client client,
        ListObjectsV2Request request,
        CancellationToken cancellationToken
    )
    {
        if (_isEncoded)
        {
            return await ListEncodedAsync(client, request, cancellationToken);
        }
        try
        {
            return await client.ListObjectsV2Async(request, cancellationToken);
        }
        catch (Exception e) when (MayBeForKeys(e))
        {
            var page = await TryListEncodedAsync(client, request, cancellationToken);
            if (page is null)
            {
                throw;
            }
            _isEncoded = true;
            return page;
        }
    }

    private static bool MayBeForKeys(Exception e) =>
        e is AmazonServiceException { StatusCode: HttpStatusCode.InternalServerError } || IsUnreadable(e);

    private static bool IsUnreadable(Exception? e) =>
        e is XmlException || (e is not null && IsUnreadable(e.InnerException));

    private static async Task<ListObjectsV2Response?> TryListEncodedAsync(
        AmazonS3Client client,
        ListObjectsV2Request request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var page = await ListEncodedAsync(client, request, cancellationToken);
            return page.Encoding == EncodingType.Url ? page : null;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException || IsUnreadable(e))
        {
            // The first failure says more.
            return null;
        }
    }

    private static async Task<ListObjectsV2Response> ListEncodedAsync(
        AmazonS3Client client,
        ListObjectsV2Request request,
        CancellationToken cancellationToken
    )
    {
        request.Encoding = EncodingType.Url;
        var page = await client.ListObjectsV2Async(request, cancellationToken);
        if (page.Encoding == EncodingType.Url)
        {
            foreach (var found in page.S3Objects ?? [])
            {
                // S3 writes a space as a plus, and a plus as %2B.
                found.Key = Uri.UnescapeDataString(found.Key.Replace('+', ' '));
            }
        }
        return page;
    }
}
