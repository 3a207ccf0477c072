using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Manifests.Model;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Functions.Tests;

/// <summary>The part of a log that a request gets, and the explanation of a failed run.</summary>
public sealed class LogPartsTests : IAsyncLifetime
{
    private RunsHost _host = null!;
    private TrainingRun _run = null!;

    private IBlobStore Blobs => _host.Get<IBlobStore>();

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _run = await _host.AcceptedAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 9, "a\nb\nc\n")]
    [InlineData("a\nb\nunfinished", 1, "unfinished")]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\n\n\n", 2, "\n\n")]
    [InlineData("\n", 1, "\n")]
    [InlineData("a\n", 0, "")]
    [InlineData("", 5, "")]
    public async Task The_last_lines_are_found(string log, int lines, string wanted)
    {
        await WriteAsync(log);

        Assert.Equal(log.Length - wanted.Length, await LogTail.FindAsync(Blobs, Name, lines, default));
    }

    [Fact]
    public async Task The_last_lines_are_found_across_pieces_of_the_log()
    {
        var lines = Enumerable.Range(0, 30_000).Select(number => $"line {number}\n").ToList();
        await WriteAsync(string.Concat(lines));

        var from = await LogTail.FindAsync(Blobs, Name, 25_000, default);

        Assert.Equal(lines.Take(5_000).Sum(line => line.Length), from);
    }

    [Theory]
    [InlineData("?tail=5", null, 0, 5)]
    [InlineData("?offset=7", null, 7, null)]
    // A reconnecting client continues after its last event, whatever its address says.
    [InlineData("?tail=5", "42", 42, null)]
    [InlineData("", null, 0, null)]
    public void A_part_is_asked_for(string query, string? lastEvent, long offset, int? tail)
    {
        var (read, problem) = OutputQuery.Read(Request(query, lastEvent), Now);

        Assert.Null(problem);
        Assert.Equal((offset, tail), (read!.Offset, read.Tail));
    }

    [Theory]
    [InlineData("?tail=-1")]
    [InlineData("?tail=100001")]
    [InlineData("?tail=99999999999999999999")]
    [InlineData("?tail=x")]
    [InlineData("?tail=5&offset=0")]
    [InlineData("?offset=-1")]
    [InlineData("?offset=%2B1")]
    public void Another_part_is_refused(string query) => Assert.NotNull(OutputQuery.Read(Request(query), Now).Problem);

    [Fact]
    public void A_longer_text_than_200_characters_is_not_looked_for()
    {
        Assert.Null(OutputQuery.Read(Request("?grep=" + new string('x', 200)), Now).Problem);
        Assert.NotNull(OutputQuery.Read(Request("?grep=" + new string('x', 201)), Now).Problem);
    }

    [Fact]
    public async Task Only_lines_with_the_text_come()
    {
        using var body = new MemoryStream();
        var writer = new MatchingLinesWriter(new PlainTextWriter(body), "loss");

        await writer.WriteOutputAsync("step 1\nLoss=0.5\nstep 2\nno\nloss: 1"u8.ToArray(), 30, default);

        Assert.Equal("Loss=0.5\nloss: 1", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public async Task A_failed_run_explains_itself_with_its_last_lines()
    {
        await WriteAsync(string.Concat(Enumerable.Range(1, 30).Select(n => $"line {n}\r\n")) + "\r10%\r20%\nKilled");
        await FailAsync(137);

        var failure = await ExplainAsync();

        Assert.Equal("The command ended with an error. Exit 137 (killed by SIGKILL).", failure!.Summary);
        Assert.Equal("killed by SIGKILL", failure.ExitCodeMeaning);
        Assert.StartsWith("Often memory", failure.Advice[0]);
        Assert.Equal(20, failure.LogTail.Count);
        Assert.Equal(["line 30", "20%", "Killed"], failure.LogTail.TakeLast(3));
    }

    [Fact]
    public async Task The_last_lines_are_short_however_long_the_log_s_are()
    {
        await WriteAsync("first\n" + new string('x', 100_000) + "\nlast\n");
        await FailAsync(1);

        var failure = await ExplainAsync();

        Assert.Equal(["last"], failure!.LogTail);
    }

    [Fact]
    public async Task A_run_that_has_not_failed_explains_nothing_and_one_without_a_log_has_no_lines()
    {
        Assert.Null(await ExplainAsync());
        await FailAsync(null);
        Assert.Empty((await ExplainAsync())!.LogTail);
    }

    [Fact]
    public async Task The_webhook_of_a_failed_run_gets_the_explanation_too()
    {
        await WriteAsync("Traceback\nMemoryError\n");
        await FailAsync(137);
        var notify = new NotifyOptions { Url = new Uri("https://hooks.example.com/run"), On = ["error"] };
        await _host
            .Get<IRunStore>()
            .ChangeAsync(_run.Id, run => run with { Manifest = run.Manifest with { Notify = notify } }, default);
        var webhook = new KeptWebhook();
        var activity = ActivatorUtilities.CreateInstance<NotifyOwner>(_host.Services, webhook);

        await activity.RunAsync(new NotifyOwnerRequest { RunId = _run.Id, State = "error" }, default);

        var body = JsonDocument.Parse(webhook.Call!.Body).RootElement;
        var failure = body.GetProperty("entity").GetProperty("status").GetProperty("failure");
        Assert.StartsWith("The command ended with an error. Exit 137", failure.GetProperty("summary").GetString());
        Assert.Equal("killed by SIGKILL", failure.GetProperty("exit_code_meaning").GetString());
        Assert.Equal("MemoryError", failure.GetProperty("log_tail")[1].GetString());
        Assert.StartsWith("Often memory", failure.GetProperty("advice")[0].GetString());
    }

    private sealed class KeptWebhook : IWebhook
    {
        public WebhookCall? Call { get; private set; }

        public Task PostAsync(WebhookCall call, CancellationToken cancellationToken)
        {
            Call = call;
            return Task.CompletedTask;
        }
    }

    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private BlobName Name => RunBlobs.Log(_run.Id);

    private Task WriteAsync(string log) => Blobs.AppendAsync(Name, 0, Encoding.UTF8.GetBytes(log), default);

    private async Task FailAsync(int? exitCode)
    {
        var reason = RunReason.CommandFailed(exitCode ?? 1);
        await _host.Get<RunProgress>().MoveAsync(_run.Id, RunPhase.Failed, reason, default);
        await _host.Get<IRunStore>().ChangeAsync(_run.Id, run => run with { ExitCode = exitCode }, default);
    }

    private async Task<FailureResource?> ExplainAsync() =>
        await _host.Get<FailureExplanations>().FindAsync(await _host.RecordAsync(_run.Id), default);

    private static HttpRequest Request(string query, string? lastEvent = null)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        request.Headers["Last-Event-ID"] = lastEvent;
        return request;
    }
}
