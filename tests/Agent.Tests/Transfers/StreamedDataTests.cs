using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>Data that stays in its bucket: the command gets a list of addresses.</summary>
public sealed class StreamedDataTests
{
    [Fact]
    public async Task A_command_finds_where_each_object_is_and_nothing_is_fetched_for_it()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var odd = store.Add("../no file/?", "first"u8.ToArray(), "one");
        var items = Enumerable.Range(0, 4).Select(i => store.Add($"item-{i}", [(byte)('0' + i)], $"v{i}")).ToList();
        const string Read =
            "import json, os, urllib.request as u\n"
            + "for i in map(json.loads, open(os.environ['DATA_LISTING'])):\n"
            + " print(i['key'], i['bytes'], i['version'], u.urlopen(i['url']).read().decode() if i['key'][0] != 'i' else '', len(i['expires']))";

        var (run, report) = await harness.RunAsync(
            $"ls $DATA_DIR; python3 -c \"{Read}\"; echo \"ca:$DATA_CA_FILE.\"",
            d =>
            {
                d.StreamsData = true;
                d.Data.AddRange([odd, .. items]);
            }
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("Data: 5 objects, 9 bytes, stay in the bucket; DATA_LISTING has their addresses.", run.LogText);
        Assert.Contains("\nlisting.jsonl\n../no file/? 5 one first ", run.LogText);
        Assert.Contains("\nitem-3 1 v3  ", run.LogText);
        Assert.Contains("\nca:.\n", run.LogText);
        Assert.Equal(1, odd.Served);
        Assert.All(items, i => Assert.Equal(0, i.Served));
    }

    [Fact]
    public async Task An_object_that_no_address_leads_to_is_left_out_with_a_line()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "grep -o '\"key\": *\"[^\"]*' $DATA_LISTING",
            d =>
            {
                d.StreamsData = true;
                d.Data.AddRange([new FakeObject("a/../b", [1]), store.Add("good", [1], "one")]);
            }
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("Left an object out of DATA_LISTING: no address leads to it: a/../b\n", run.LogText);
        Assert.Contains("Data: 1 objects", run.LogText);
        Assert.Contains("good", run.LogText);
    }

    [Fact]
    public async Task The_list_is_written_anew_before_its_addresses_expire_and_what_hinders_that_is_told()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var item = store.Add("item", [1], "one");

        var run = harness.Submit(
            "was=$(cat $DATA_LISTING); until [ \"$(cat $DATA_LISTING)\" != \"$was\" ]; do sleep 0.1; done; echo it is new; sleep 600",
            d =>
            {
                d.StreamsData = true;
                d.LifetimeSeconds = 4;
                d.Data.Add(item);
            }
        );
        await Eventually.Be("the list is new", () => run.LogText.Contains("\nit is new\n"), AgentHarness.Soon);
        run.GivesNoAddresses = true;
        const string Told =
            "Data: DATA_LISTING could not be written anew, which is tried again; its first addresses expire at ";
        await Eventually.Be("the failure is told", () => run.LogText.Contains(Told), AgentHarness.Soon);
        run.CancelRequested = true;
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.Equal(0, item.Served);
    }

    [Fact]
    public async Task A_store_without_addresses_is_refused_before_the_command()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "echo never",
            d =>
            {
                d.StreamsData = true;
                d.Data.Add(new FakeObject("item", [1]));
            }
        );

        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Equal(
            "The data cannot be read where it is (`mode: stream`): its store gives no addresses that expire.",
            report.Message
        );
        Assert.DoesNotContain("never", run.LogText);
    }
}
