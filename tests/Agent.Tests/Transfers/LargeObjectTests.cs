using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Agent.Transfers;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Transfers;

/// <summary>Objects that come in pieces, break off, change, or are not what they should be.</summary>
public sealed class LargeObjectTests
{
    private const int Bytes = 70 << 20;

    [Fact]
    public async Task A_large_object_comes_in_ranges_and_each_is_taken_up_where_it_broke()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var big = new FakeObject("big", RandomNumberGenerator.GetBytes(Bytes))
        {
            BreaksAfter = new Queue<int>([10 << 20, 5 << 20, 0, 1 << 20]),
        };

        var (run, report) = await harness.RunAsync("sha256sum $DATA_DIR/big", d => d.Data.Add(big));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(big.Content)), run.LogText);
        // Three pieces, and one more request for each break.
        long[] begins = [0, ObjectTransfer.PieceBytes, 2 * ObjectTransfer.PieceBytes];
        Assert.Equal(7, big.RangesAsked.Count);
        Assert.Subset(big.RangesAsked.Select(from => from ?? 0).ToHashSet(), begins.ToHashSet());
    }

    [Fact]
    public async Task An_object_that_is_changed_meanwhile_is_fetched_anew()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        FakeObject? changing = null;
        var (before, after) = (RandomNumberGenerator.GetBytes(500_000), RandomNumberGenerator.GetBytes(500_000));
        changing = new FakeObject("changing", before)
        {
            BreaksAfter = new Queue<int>([200_000]),
            Before = (request, _) =>
            {
                if (request == 2)
                {
                    (changing!.Content, changing.Version) = (after, "two");
                }
                return false;
            },
        };

        var (run, report) = await harness.RunAsync("sha256sum $DATA_DIR/changing", d => d.Data.Add(changing));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(after)), run.LogText);
    }

    [Fact]
    public async Task An_object_that_changes_again_and_again_is_given_up_with_that_reason()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        FakeObject? changing = null;
        changing = new FakeObject("changing", new byte[1000])
        {
            Before = (request, _) =>
            {
                // Longer each time than it was listed.
                changing!.Content = new byte[1000 + request];
                return false;
            },
        };

        var (_, report) = await harness.RunAsync("true", d => d.Data.Add(changing));

        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Equal("The object 'changing' cannot be fetched: it changed again and again meanwhile.", report.Message);
    }

    [Fact]
    public async Task Content_that_is_not_what_the_store_s_checksum_says_is_fetched_anew()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var (right, wrong) = ("what was stored"u8.ToArray(), "what was st0red"u8.ToArray());
        FakeObject? item = null;
        item = store.Add(
            "item",
            right,
            Md5(right),
            (request, _) =>
            {
                item!.Content = request == 1 ? wrong : right;
                return false;
            }
        );

        var (run, report) = await harness.RunAsync("cat $DATA_DIR/item", d => d.Data.Add(item));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Contains("what was stored", run.LogText);
        Assert.Equal(2, item.Served);
    }

    [Fact]
    public async Task A_tag_that_is_no_checksum_costs_one_more_look_and_a_line()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent(settings: ("Agent__Downloads", "1"));
        var items = Enumerable.Range(0, 3).Select(i => store.Add($"item-{i}", [(byte)i], Md5([99, (byte)i]))).ToList();

        var (run, report) = await harness.RunAsync("ls $DATA_DIR", d => d.Data.AddRange(items));

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, report.Message);
        Assert.Equal(2, run.LogText.Split("ETags are no checksums").Length);
        Assert.Equal([2, 1, 1], items.Select(i => i.Served));
    }

    [Fact]
    public async Task An_archived_object_fails_at_once_with_the_store_s_own_word()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        harness.StartAgent();
        var item = store.Add(
            "cold",
            [1],
            "one",
            (_, context) =>
            {
                context.Response.StatusCode = 403;
                context.Response.ContentType = "application/xml";
                context.Response.Headers["x-amz-request-id"] = "REQ-7";
                context.Response.WriteAsync("<Error><Code>InvalidObjectState</Code></Error>").Wait();
                return true;
            }
        );

        var (_, report) = await harness.RunAsync("true", d => d.Data.Add(item));

        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Equal(
            "The object 'cold' cannot be fetched: it is archived, and must be restored first; the store answered 403 (InvalidObjectState, request REQ-7).",
            report.Message
        );
        Assert.Equal(1, item.Served);
    }

    [Theory]
    [InlineData(1L << 50, "1,125,899,906,842,624")]
    [InlineData(long.MaxValue, "9,223,372,036,854,775,807")]
    public async Task Data_that_has_no_room_is_told_before_the_disk_is_full(long bytes, string said)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var huge = new FakeObject("huge", [1]) { ListedBytes = bytes };

        var (_, report) = await harness.RunAsync("true", d => d.Data.Add(huge));

        Assert.Equal(AttemptOutcome.NoRoom, report.Outcome);
        Assert.StartsWith(
            $"no room on the node: of its data, {said} bytes are to come, and the node's disk has ",
            report.Message
        );
    }

#pragma warning disable CA5351 // Stores define it so.
    internal static string Md5(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
}
