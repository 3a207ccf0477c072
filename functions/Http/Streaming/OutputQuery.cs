using System.Globalization;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Which part of a run's output a request asks for.</summary>
internal sealed record OutputQuery
{
    /// <summary>The group of the node's own measurements, which are kept apart.</summary>
    public const string SystemGroup = "system";

    /// <summary>The byte to begin with.</summary>
    public long Offset { get; private init; }

    /// <summary>Only the last lines; null for all from the offset on.</summary>
    public int? Tail { get; private init; }

    /// <summary>Only lines with this text; null for all.</summary>
    public string? Grep { get; private init; }

    /// <summary>The part, or the problem with how it is asked for.</summary>
    public static (OutputQuery? Query, IResult? Problem) Read(HttpRequest request)
    {
        // A reconnecting event source says where it stopped by the last id it saw, whatever its address says.
        var last = request.Headers["Last-Event-ID"].ToString();
        var offset = last.Length > 0 ? last : request.Query["offset"].ToString();
        var tail = last.Length > 0 ? "" : request.Query["tail"].ToString();
        var grep = request.Query["grep"].ToString();
        if (!IsNumber(offset, long.MaxValue, out var from))
        {
            return Wrong("invalid_offset", "offset is a number of bytes, 0 or more.");
        }
        if (!IsNumber(tail, LogTail.MostLines, out var lines) || (tail.Length > 0 && offset.Length > 0))
        {
            return Wrong(
                "invalid_tail",
                $"tail is a number of lines, 0 to {LogTail.MostLines}, and does not go with offset."
            );
        }
        if (request.Query["group"].ToString() is not ("" or SystemGroup))
        {
            return Wrong("invalid_group", $"group is {SystemGroup}, or left out for what the program measures.");
        }
        if (grep.Length > MatchingLinesWriter.LongestText)
        {
            return Wrong("invalid_grep", $"grep is a text of up to {MatchingLinesWriter.LongestText} characters.");
        }
        return (
            new OutputQuery
            {
                Offset = from,
                Tail = tail.Length > 0 ? (int)lines : null,
                Grep = grep.Length > 0 ? grep : null,
            },
            null
        );
    }

    private static (OutputQuery?, IResult?) Wrong(string code, string detail) =>
        (null, Problems.Of(StatusCodes.Status400BadRequest, code, detail));

    private static bool IsNumber(string text, long most, out long number)
    {
        number = 0;
        return text.Length == 0
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most);
    }
}
