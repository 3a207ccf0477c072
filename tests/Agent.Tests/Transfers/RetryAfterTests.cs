using System.Diagnostics;
using System.Globalization;
using System.Net;
using Trainyard.Agent.Service;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>Stores that ask for time.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_store_of_the_data_is_asked_again_when_it_wants_to_be(int status)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var asked = new List<long>();
        var item = store.Add(
            "item",
            "what was stored"u8.ToArray(),
            "one",
            (request, context) =>
            {
                asked.Add(Stopwatch.GetTimestamp());
                context.Response.StatusCode = request == 1 ? status : 200;
                context.Response.Headers.RetryAfter = "2";
                return request == 1;
            }
        );

        var (run, report) = await harness.RunAsync("cat $DATA_DIR/item", d => d.Data.Add(item));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("what was stored", run.LogText);
        Assert.Equal(2, asked.Count);
        Assert.True(Stopwatch.GetElapsedTime(asked[0], asked[1]) >= TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("30", 30)]
    [InlineData("86400", 30)]
    [InlineData("0", null)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("Sat, 28 Nov 2026 12:00:20 GMT", 20)]
    [InlineData("Sat, 28 Nov 2026 11:59:00 GMT", null)]
    [InlineData("Sun, 29 Nov 2026 12:00:00 GMT", 30)]
    public void A_pause_is_kept_within_bounds(string header, int? seconds)
    {
        var now = DateTimeOffset.Parse("2026-11-28T12:00:00Z", CultureInfo.InvariantCulture);
        using var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        answer.Headers.TryAddWithoutValidation("Retry-After", header);

        var kept = RetryAfterHeader.Of(answer, new StoppedClock(now));

        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, kept);
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
