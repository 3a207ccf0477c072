using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Http.Files;

/// <summary>
/// The headers of a downloaded file. A program chose its name and content, so a browser may only save it: it is of no type,
/// and its name has nothing that a header, a shell or a reader could take for something else.
/// </summary>
internal static class FileHeaders
{
    private const int LongestName = 200;
    private const string Forbidden = "\"\\/:*?<>|%;";

    public static void Write(HttpResponse response, StoredFile file)
    {
        response.ContentType = "application/octet-stream";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(NameOf(file.Path));
        var headers = response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "no-store";
        headers.ETag = $"\"{file.Sha256}\"";
        headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>A name for the file on the user's disk: the last part of its path, with _ for what misleads.</summary>
    public static string NameOf(string path)
    {
        var name = new StringBuilder();
        foreach (var rune in path[(path.LastIndexOf('/') + 1)..].EnumerateRunes())
        {
            name.Append(IsPlain(rune) ? rune.ToString() : "_");
            if (name.Length >= LongestName)
            {
                break;
            }
        }
        var plain = name.ToString().Trim().TrimStart('.');
        return plain.Length > 0 ? plain : "file";
    }

    private static bool IsPlain(Rune rune) =>
        rune != Rune.ReplacementChar
        && !(rune.IsAscii && Forbidden.Contains((char)rune.Value))
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.Surrogate
            );
}
