using System.Text;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Where the service names a store's address, log and results go there, without it in between.</summary>
public sealed class DirectWriteTests
{
    private const string Lines = "for i in $(seq 1 100); do echo line $i; sleep 0.01; done";

    [Fact]
    public async Task A_log_goes_to_a_store_s_address_without_our_token()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var run = SubmitTo(harness, store);
        harness.StartAgent();

        await harness.CompletionAsync(run);

        AssertWhole(run);
        Assert.Equal(0, run.LogAppends);
        Assert.Equal(1, run.AddressesAsked);
        Assert.All(store.Authorizations, Assert.Empty);
    }

    [Fact]
    public async Task Whatever_goes_wrong_at_the_store_no_line_is_lost_or_repeated()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var run = SubmitTo(harness, store);
        var appends = 0;
        store.Append = (position, bytes) =>
            Interlocked.Increment(ref appends) % 5 != 2 && run.AppendToLog(position, bytes);
        store.AfterAppend = context =>
        {
            if (appends % 5 == 4)
            {
                context.Abort();
            }
        };
        harness.StartAgent();

        await harness.CompletionAsync(run);

        AssertWhole(run);
        Assert.True(run.LogAppends > 0, "No append went through the service.");
        Assert.True(run.AddressesAsked > 1, "No other address was asked for.");
    }

    [Fact]
    public async Task A_store_that_takes_nothing_is_left_alone_for_a_while()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var run = SubmitTo(harness, store);
        store.Append = (_, _) => false;
        harness.StartAgent();

        await harness.CompletionAsync(run);

        AssertWhole(run);
        Assert.Equal(3, store.Authorizations.Count);
    }

    [Fact]
    public async Task An_address_is_asked_for_anew_before_it_expires()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var run = SubmitTo(harness, store, lifetimeSeconds: 0.4);
        harness.StartAgent();

        await harness.CompletionAsync(run);

        AssertWhole(run);
        Assert.Equal(0, run.LogAppends);
        Assert.True(run.AddressesAsked > 1, "The address was not renewed.");
    }

    [Fact]
    public async Task A_large_file_is_put_in_parts_of_which_only_the_broken_one_is_sent_again()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        store.Refusals.Enqueue(503);
        var run = harness.Submit("printf 0123456789 > $RESULT_DIR/model/large");
        run.UploadTo = path =>
            path != "model/large"
                ? null
                : new UploadTarget
                {
                    Url = store.StagingUrl + path,
                    Headers = new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" },
                    Parts = [.. Enumerable.Range(0, 4).Select(i => Part(store, i))],
                    Commit = "<parts/>",
                };
        harness.StartAgent();

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var parts = Enumerable.Range(0, 4).Select(i => Encoding.UTF8.GetString(store.Staged[$"part/{i}"]));
        Assert.Equal(["012", "345", "678", "9"], parts);
        Assert.Equal("<parts/>", Encoding.UTF8.GetString(store.Staged["model/large"]));
        // Four parts, one of them twice, and the commit.
        Assert.Equal(6, store.Authorizations.Count);
    }

    private static UploadPart Part(PlainStore store, int i) => new($"{store.StagingUrl}part/{i}", i < 3 ? 3 : 1);

    private static FakeRun SubmitTo(AgentHarness harness, PlainStore store, double lifetimeSeconds = 600)
    {
        var run = harness.Submit(Lines);
        store.Append = run.AppendToLog;
        run.AppendLogTo = new AppendTarget
        {
            Url = store.AppendUrl,
            PositionHeader = "position",
            LifetimeSeconds = lifetimeSeconds,
        };
        return run;
    }

    private static void AssertWhole(FakeRun run)
    {
        var lines = run.LogText.Split('\n').Where(l => l.StartsWith("line ", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"line {i}"), lines);
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
    }
}
