using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>What one run fetched and another one finds on the node.</summary>
public sealed class SharedDataTests
{
    private const string Look = "cat $DATA_DIR/item; stat -c 'links %h' $DATA_DIR/item";
    private static readonly byte[] Content = "the content\n"u8.ToArray();

    [Fact]
    public async Task The_next_run_finds_the_data_on_the_node_and_each_has_a_copy_where_nothing_protects_it()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var item = store.Add("item", Content, LargeObjectTests.Md5(Content));

        await harness.RunAsync("true", d => Use(d, item, "owner-1"));
        var (spoiling, _) = await harness.RunAsync(
            "chmod u+w $DATA_DIR/item; echo spoilt > $DATA_DIR/item; cat $DATA_DIR/item",
            d => Use(d, item, "owner-1")
        );
        var (run, report) = await harness.RunAsync(Look, d => Use(d, item, "owner-2"));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("\nspoilt\n", spoiling.LogText);
        Assert.Contains("the content\nlinks 1\n", run.LogText);
        Assert.Contains("1 objects, 12 bytes, were on the node already", run.LogText);
        Assert.Equal(1, item.Served);
    }

    [SandboxFact]
    public async Task In_the_sandbox_runs_share_one_file_that_none_can_write_to()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent("bubblewrap");
        var item = store.Add("folder/item", Content, LargeObjectTests.Md5(Content));
        const string Spoil =
            "cd $DATA_DIR/folder; chmod u+w item; echo spoilt > item; rm -f item; ln item $MODEL_DIR/item; true";

        await harness.RunAsync(Spoil, d => Use(d, item, "owner-1"));
        await harness.RunAsync(Spoil, d => Use(d, item, "owner-1"));
        var (run, report) = await harness.RunAsync(
            "cd $DATA_DIR/folder; cat item; stat -c %A item; [ $(stat -c %h item) -ge 2 ] && echo shared",
            d => Use(d, item, "owner-2")
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("the content\n-r--r--r--\nshared\n", run.LogText);
        Assert.Equal(1, item.Served);
    }

    [Fact]
    public async Task Another_version_is_fetched_and_one_that_says_nothing_of_the_content_is_its_owner_s_alone()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var item = store.Add("item", Content, "version-1");

        await harness.RunAsync("true", d => Use(d, item, "owner-1"));
        await harness.RunAsync("true", d => Use(d, item, "owner-1"));
        Assert.Equal(1, item.Served);
        await harness.RunAsync("true", d => Use(d, item, "owner-2"));
        Assert.Equal(2, item.Served);
        (item.Content, item.Version) = ("other words\n"u8.ToArray(), "version-2");
        var (run, _) = await harness.RunAsync(Look, d => Use(d, item, "owner-1"));

        Assert.Equal(3, item.Served);
        Assert.Contains("other words\n", run.LogText);
    }

    [Fact]
    public async Task What_was_being_fetched_when_the_agent_was_killed_is_in_no_cache()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var arrived = new TaskCompletionSource();
        var item = store.Add("item", new byte[200_000], LargeObjectTests.Md5(new byte[200_000]));
        item.BreaksAfter.Enqueue(100_000);
        var stuck = store.Add(
            "stuck",
            Content,
            LargeObjectTests.Md5(Content),
            (request, context) =>
            {
                arrived.TrySetResult();
                return request == 1 && context.RequestAborted.WaitHandle.WaitOne(AgentHarness.Soon);
            }
        );
        var killed = harness.Submit(
            "true",
            d =>
            {
                d.Data.Add(item);
                d.Data.Add(stuck);
            }
        );
        await arrived.Task.WaitAsync(AgentHarness.Soon);
        await harness.KillAgentsAsync();
        killed.LeaseLost = true;
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "cd $DATA_DIR; cat stuck; wc -c < item",
            d =>
            {
                d.Data.Add(item);
                d.Data.Add(stuck);
            }
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("the content\n200000\n", run.LogText);
    }

    private static void Use(RunDraft draft, FakeObject item, string owner)
    {
        draft.Data.Add(item);
        draft.OwnerKey = owner;
    }
}
