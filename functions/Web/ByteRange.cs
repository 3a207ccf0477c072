using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Trainyard.Functions.Web;

/// <summary>
/// Serves one range of a file, as clients fetch a large file in pieces or go on with it; the whole file for any other range.
/// </summary>
internal static class ByteRange
{
    /// <summary>Writes the headers and the status for the range that is asked for, and returns that range.</summary>
    public static (long From, long Length) Begin(HttpContext http, long bytes)
    {
        var response = http.Response;
        var (from, length) = Of(http.Request, bytes);
        if (length < bytes)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{from + length - 1}/{bytes}";
        }
        response.ContentLength = length;
        response.Headers.AcceptRanges = "bytes";
        return (from, length);
    }

    private static (long From, long Length) Of(HttpRequest request, long bytes)
    {
        if (
            !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header.Ranges.Count != 1
            || header.Ranges.First() is not { From: { } from } range
            || from >= bytes
        )
        {
            return (0, bytes);
        }
        return (from, Math.Min(range.To ?? bytes - 1, bytes - 1) - from + 1);
    }
}
