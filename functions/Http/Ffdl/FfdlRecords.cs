using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Ffdl;

/// <summary>GET /v1/logs/{id}/loglines and /emetrics: pages of records, by index or by time.</summary>
public sealed class FfdlRecords(OwnRuns ownRuns, RunRecords records, TimeProvider time)
{
    private const int DefaultPageSize = 10;
    private const int MaxPageSize = 1000;

    internal static IResult InvalidSince =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_since_time",
            "since_time is milliseconds of Unix time, a date, a duration such as 10m, '2 hours ago', 'now' or 'yesterday'."
        );

    [Function("FfdlLogLines")]
    public async Task<IResult> LogLinesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlLogs + "/loglines")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        return run is null
            ? Problems.RunNotFound
            : await AnswerAsync(
                request,
                range => records.LogAsync(run, range, cancellationToken),
                () => records.CountLogAsync(run, cancellationToken),
                line => line.ToLogLine(run),
                cancellationToken
            );
    }

    [Function("FfdlEMetrics")]
    public async Task<IResult> EMetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.FfdlLogs + "/emetrics")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        return run is null
            ? Problems.RunNotFound
            : await AnswerAsync(
                request,
                range => records.MetricsAsync(run, range, cancellationToken),
                async () => await records.MetricsAsync(run, RecordRange.All, cancellationToken).LongCountAsync(),
                record => record.ToEMetrics(run),
                cancellationToken
            );
    }

    private async Task<IResult> AnswerAsync<TRecord, TResource>(
        HttpRequest request,
        Func<RecordRange, IAsyncEnumerable<RunRecord<TRecord>>> read,
        Func<Task<long>> count,
        Func<RunRecord<TRecord>, TResource> map,
        CancellationToken cancellationToken
    )
    {
        var query = request.Query;
        if (query["searchType"].ToString() is not ("" or "TERM"))
        {
            return Invalid("invalid_search_type", "searchType is TERM; NESTED and MATCH are not offered.");
        }
        if (!TryRead(query["pagesize"], out var pageSize) || !TryRead(query["pos"], out var pos))
        {
            return Invalid("invalid_position", "pos and pagesize are whole numbers.");
        }
        var size = (int)Math.Min(pageSize > 0 ? pageSize : DefaultPageSize, MaxPageSize);
        var since = query["since_time"].ToString();
        if (since.Length > 0)
        {
            return SinceTime.Read(since, time.GetUtcNow()) is { } ms
                ? await PageAsync(read(RecordRange.Since(ms)))
                : InvalidSince;
        }
        var from = pos < 0 ? Math.Max(1, await count() + pos + 1) : Math.Max(1, pos);
        return await PageAsync(read(new RecordRange(from, from + size - 1)));

        async Task<IResult> PageAsync(IAsyncEnumerable<RunRecord<TRecord>> found) =>
            Answers.Json(new FfdlList<TResource>(await found.Take(size).Select(map).ToListAsync(cancellationToken)));
    }

    private static bool TryRead(string? text, out long number)
    {
        number = 0;
        return string.IsNullOrEmpty(text)
            || (
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
                && number is > int.MinValue and < int.MaxValue
            );
    }

    private static IResult Invalid(string code, string detail) =>
        Problems.Of(StatusCodes.Status400BadRequest, code, detail);
}
