using System.Net;

namespace Trainyard.Agent.Transfers;

/// <summary>Reads the MD5 of an object from a store's answer. It guards against accidents, not attacks.</summary>
internal static class StoreDigest
{
    private const int Md5Bytes = 16;

    /// <returns>Null when the answer has no MD5 of the whole object.</returns>
    public static byte[]? Of(HttpResponseMessage answer)
    {
        if (First(answer, "x-ms-blob-content-md5") is { } ofBlob)
        {
            return FromBase64(ofBlob);
        }
        if (answer is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentMD5: { Length: Md5Bytes } ofBody })
        {
            return ofBody;
        }
        return HasOwnTags(answer) || StoreTag.Of(answer) is not { } tag ? null : FromHex(tag.Trim('"'));
    }

    // The ETag is no MD5 of the content when the store encrypts with a customer's keys or a key service, or joins
    // segments.
    private static bool HasOwnTags(HttpResponseMessage answer) =>
        First(answer, "x-amz-server-side-encryption") is not (null or "AES256")
        || First(answer, "x-amz-server-side-encryption-customer-algorithm") is not null
        || First(answer, "X-Static-Large-Object") is not null
        || First(answer, "X-Object-Manifest") is not null;

    private static string? First(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static byte[]? FromHex(string text) =>
        text.Length == 2 * Md5Bytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    private static byte[]? FromBase64(string text)
    {
        var bytes = new byte[Md5Bytes];
        return Convert.TryFromBase64String(text, bytes, out var count) && count == Md5Bytes ? bytes : null;
    }
}
