using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

/// <summary>Selecting log lines by their times.</summary>
public sealed class TimedLogTests : IAsyncLifetime
{
    // One line per second from 12:00:01 on; the second half of the fourth comes two seconds later.
    private const string Log = "one\ntwo\nthree\nfo" + "ur\nfive\n";
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly (long Offset, int Second)[] Marks = [(0, 1), (4, 2), (8, 3), (14, 4), (16, 6), (19, 7)];

    private RunsHost _host = null!;
    private TrainingRun _run = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _run = await _host.AcceptedAsync();
        _host.Time.Set(Noon.AddMinutes(1) - _host.Time.GetUtcNow());
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("", Log)]
    [InlineData("since=2026-11-27T12:00:03Z", "three\nfour\nfive\n")]
    [InlineData("since=2026-11-27T12:00:02.5Z", "three\nfour\nfive\n")]
    // A line has the time of its beginning.
    [InlineData("since=2026-11-27T12:00:05Z", "five\n")]
    [InlineData("since=2026-11-27T13:00:00Z", "")]
    [InlineData("until=2026-11-27T12:00:02Z", "one\ntwo\n")]
    [InlineData("until=2026-11-27T11:00:00Z", "")]
    [InlineData("since=2026-11-27T12:00:02Z&until=2026-11-27T12:00:04Z", "two\nthree\nfour\n")]
    [InlineData("since=57s", "three\nfour\nfive\n")]
    [InlineData("since=1", Log)]
    [InlineData("since=2026-11-27T12:00:02Z&grep=O", "two\nfour\n")]
    [InlineData("timestamps=true&grep=2026", "")]
    [InlineData("timestamps=1&since=2026-11-27T12:00:07Z", "2026-11-27T12:00:07.000Z five\n")]
    [InlineData("tail=2&timestamps=true", "2026-11-27T12:00:04.000Z four\n2026-11-27T12:00:07.000Z five\n")]
    [InlineData("offset=10&timestamps=true", "2026-11-27T12:00:04.000Z four\n2026-11-27T12:00:07.000Z five\n")]
    public async Task Lines_are_chosen_by_their_times(string query, string expected)
    {
        await WriteAsync(Log, string.Concat(Marks.Select(mark => $"{mark.Offset} {At(mark.Second)}\n")));

        Assert.Equal(expected, await ReadAsync(query));
    }

    [Fact]
    public async Task A_log_of_many_marks_is_read_in_pieces()
    {
        var lines = Enumerable.Range(0, 30_000).Select(i => $"line {i:D5}\n").ToList();
        await WriteAsync(string.Concat(lines), string.Concat(lines.Select((_, i) => $"{i * 11} {At(i)}\n")));

        Assert.Equal("line 29990\nline 29991\n", await ReadAsync($"since={At(29_990)}&until={At(29_991)}"));
    }

    [Fact]
    public async Task What_is_no_mark_is_none()
    {
        await WriteAsync("one\ntwo\n", $"0 {At(1)}\nnonsense\n4\n-\n4 {At(2)}\n9");

        Assert.Equal("two\n", await ReadAsync($"since={At(2)}"));
    }

    [Fact]
    public async Task A_log_that_was_kept_without_times_says_so()
    {
        await WriteAsync(Log, "");

        Assert.False(await new TimedOutput(Blobs, _run.Id, learner: 1).HasTimesAsync(default));
    }

    [Fact]
    public async Task A_log_of_which_nothing_is_there_yet_may_get_times() =>
        Assert.True(await new TimedOutput(Blobs, _run.Id, learner: 1).HasTimesAsync(default));

    [Theory]
    [InlineData("?since=yesteryear", 400)]
    [InlineData("?until=x", 400)]
    [InlineData("?timestamps=maybe", 400)]
    [InlineData("?learner=2", 404)]
    [InlineData("?learner=x", 404)]
    public void What_cannot_be_asked_is_refused(string query, int status)
    {
        var (_, problem) = OutputQuery.Read(Request(query), Noon);

        Assert.Equal(status, ((IStatusCodeHttpResult)problem!).StatusCode);
    }

    [Theory]
    [InlineData("?since=10m")]
    [InlineData("?until=10m")]
    [InlineData("?timestamps=true")]
    public void Records_of_metrics_have_times_of_their_own(string query) =>
        Assert.NotNull(OutputQuery.Read(Request(query), Noon, isLog: false).Problem);

    private IBlobStore Blobs => _host.Get<IBlobStore>();

    private static long At(int second) => Noon.AddSeconds(second).ToUnixTimeMilliseconds();

    private async Task WriteAsync(string log, string marks)
    {
        await Blobs.AppendAsync(RunBlobs.Log(_run.Id), 0, Encoding.UTF8.GetBytes(log), default);
        if (marks.Length > 0)
        {
            await Blobs.AppendAsync(RunBlobs.LogTimes(_run.Id), 0, Encoding.UTF8.GetBytes(marks), default);
        }
    }

    private async Task<string> ReadAsync(string query)
    {
        var caller = new UserCaller(_run.Owner, IsOperator: false, KeyHash: "0123456789abcdef", HasToken: false);
        var request = RunsHost.Request(caller);
        request.QueryString = new QueryString("?" + query);
        using var body = new MemoryStream();
        request.HttpContext.Response.Body = body;
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var route = ActivatorUtilities.CreateInstance<GetRunOutput>(_host.Services, lifetime);
        await route.LogsAsync(request, _run.Id.ToString(), default);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static HttpRequest Request(string query)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        return request;
    }
}
