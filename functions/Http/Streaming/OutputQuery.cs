using System.Globalization;
using Microsoft.AspNetCore.Http;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>The part of a run's output that a request asks for.</summary>
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

    /// <summary>Only lines that were printed then or later, in milliseconds of Unix time; null for all.</summary>
    public long? SinceMs { get; private init; }

    /// <summary>Only lines that were printed then or before; null for all.</summary>
    public long? UntilMs { get; private init; }

    /// <summary>The learner whose output is wanted, from 1.</summary>
    public int Learner { get; private init; } = 1;

    /// <summary>Whether each line is prefixed with its time.</summary>
    public bool Timestamps { get; private init; }

    /// <summary>Whether the answer needs the log's line times.</summary>
    public bool NeedsTimes => SinceMs is not null || UntilMs is not null || Timestamps;

    /// <summary>Reads the query, or returns the problem with it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The current time, for relative times such as <c>10m</c>.</param>
    /// <param name="isLog">Whether the output is a log: only log lines have times.</param>
    /// <param name="learners">How many learners the run has.</param>
    public static (OutputQuery? Query, IResult? Problem) Read(
        HttpRequest request,
        DateTimeOffset now,
        bool isLog = true,
        int learners = 1
    )
    {
        if (ProblemOf(request, now, isLog, learners) is { } problem)
        {
            return (null, problem);
        }
        var (query, wrong) = ReadPlace(request);
        return (
            query is null
                ? null
                : query with
                {
                    Learner = LearnerOf(request, learners) ?? 1,
                    SinceMs = Time(request, Since, now),
                    UntilMs = Time(request, Until, now),
                    Timestamps = request.Query[Stamps].ToString() is "true" or "1",
                },
            wrong
        );
    }

    private const string Since = "since";
    private const string Until = "until";
    private const string Stamps = "timestamps";

    private static int? LearnerOf(HttpRequest request, int learners) =>
        request.Query["learner"].ToString() is not { Length: > 0 } text ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var learner)
        && learner >= 1
        && learner <= learners
            ? learner
        : null;

    private static IResult? ProblemOf(HttpRequest request, DateTimeOffset now, bool isLog, int learners)
    {
        foreach (var name in (string[])[Since, Until])
        {
            if (request.Query[name].ToString().Length > 0 && Time(request, name, now) is null)
            {
                return Refused(
                    $"invalid_{name}",
                    $"{name} is milliseconds of Unix time, a date such as 2026-11-27T10:00:00Z, or how long ago, such as 10m."
                );
            }
        }
        if (request.Query[Stamps].ToString() is not ("" or "true" or "false" or "1" or "0"))
        {
            return Refused("invalid_timestamps", "timestamps is true or false.");
        }
        if (LearnerOf(request, learners) is null)
        {
            return Problems.Of(
                StatusCodes.Status404NotFound,
                "learner_not_found",
                learners == 1
                    ? "The run has one learner, and one log: learner 1."
                    : $"The run has {learners} learners: 1 to {learners}."
            );
        }
        return !isLog && new[] { Since, Until, Stamps }.FirstOrDefault(request.Query.ContainsKey) is { } other
            ? Refused($"invalid_{other}", $"{other} goes with the log only: records have times of their own.")
            : null;
    }

    private static IResult Refused(string code, string detail) =>
        Problems.Of(StatusCodes.Status400BadRequest, code, detail);

    private static long? Time(HttpRequest request, string name, DateTimeOffset now) =>
        request.Query[name].ToString() is { Length: > 0 } text ? SinceTime.Read(text, now) : null;

    private static (OutputQuery? Query, IResult? Problem) ReadPlace(HttpRequest request)
    {
        // A reconnecting event source sends the last id that it saw; that overrides offset and tail in the address.
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
