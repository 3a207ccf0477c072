using System.Net;
using System.Security.Cryptography;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>How data and code come to the node.</summary>
public sealed class DownloadTests
{
    [Fact]
    public async Task All_pages_come_whole_and_a_broken_connection_is_taken_up_where_it_broke()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var big = new FakeObject("big", RandomNumberGenerator.GetBytes(300_000))
        {
            BreaksAfter = new Queue<int>([100_000, 0, 50_000]),
        };

        var (run, report) = await harness.RunAsync(
            "cd $DATA_DIR; find . -type f | wc -l; sha256sum big",
            d =>
            {
                d.Data.Add(big);
                d.Data.Add(new FakeObject("empty", []));
                for (var i = 0; i < 20; i++)
                {
                    d.Data.Add(new FakeObject($"many/{i % 3}/{i}", RandomNumberGenerator.GetBytes(1000)));
                }
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("\n22\n", run.LogText);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(big.Content)), run.LogText);
        // How much of a broken answer arrives is the network's affair; that it is not asked for again is ours.
        Assert.Equal(4, big.RangesAsked.Count);
        Assert.All(big.RangesAsked[1..], from => Assert.InRange(from!.Value, 1, 150_000));
        Assert.Equal(big.RangesAsked[1..].Order(), big.RangesAsked[1..]);
    }

    [Fact]
    public async Task Keys_that_are_no_file_names_are_skipped_with_a_line_and_the_rest_comes()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        string[] keys = ["../up", "/abs", "a/../../b", "dir/", "with\nline", "good", "good/below", "ok/then"];

        var (run, report) = await harness.RunAsync(
            "cd $DATA_DIR; find . -type f | sort",
            d => d.Data.AddRange(keys.Select(k => new FakeObject(k, "x"u8.ToArray())))
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("its key is no file name: ../up\n", run.LogText);
        Assert.Contains("its key is no file name: with?line\n", run.LogText);
        Assert.Contains("another object is in its way", run.LogText);
        Assert.Contains("\n./ok/then\n", run.LogText);
        Assert.Equal(5, run.LogText.Split("Skipped an object").Length - 1);
    }

    // Swift's and S3's tools mark folders so; the order of a list is that of bytes, where a point comes before a slash.
    [Fact]
    public async Task An_empty_object_that_marks_a_folder_hides_nothing_below_it()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        FakeObject[] objects =
        [
            .. new[] { "a", "a.txt", "a/b", "a/b/c", "a/b/c/d", "after/x", "empty" }.Select(key => new FakeObject(
                key,
                key is "a" or "a/b" or "a/b/c" or "empty" ? [] : "x"u8.ToArray()
            )),
            new FakeObject("after", []),
        ];

        var (run, report) = await harness.RunAsync(
            "cd $DATA_DIR; find . -type f | sort",
            d => d.Data.AddRange(objects)
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("./a.txt\n./a/b/c/d\n./after/x\n./empty\n", run.LogText);
        Assert.DoesNotContain("Skipped", run.LogText);
    }

    [Fact]
    public async Task A_data_bucket_that_cannot_be_read_ends_the_attempt_with_what_the_service_said()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (_, context) =>
            context.Request.Path.Value!.EndsWith("/data", StringComparison.Ordinal) ? 403 : null;
        harness.StartAgent();

        var (run, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.DownloadFailed, report.Outcome);
        Assert.Null(report.ExitCode);
        Assert.Contains("cannot be listed: interfered", report.Message);
        Assert.Contains(report.Message, run.StagedText("learner-1/training-log.txt"));
    }

    [Fact]
    public async Task A_store_s_own_address_is_fetched_without_our_token()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync("from the store"u8.ToArray());
        // Expired, then busy: the page is asked for again, and another try made.
        store.Refusals.Enqueue(403);
        store.Refusals.Enqueue(503);
        harness.StartAgent();

        var (run, report) = await harness.RunAsync(
            "cat $DATA_DIR/far",
            d => d.Data.Add(new FakeObject("far", "from the store"u8.ToArray()) { Url = store.Url })
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("from the store", run.LogText);
        Assert.Equal(["", "", ""], store.Authorizations);
    }

    [Fact]
    public async Task A_store_with_an_authority_of_its_own_is_trusted_where_the_run_names_it()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(IPAddress.Loopback);
        await using var store = await PlainStore.StartAsync("from the store"u8.ToArray(), certificate);
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (run, report) = await harness.RunAsync("cat $DATA_DIR/far", Far);
        var (_, refused) = await harness.RunAsync(
            "true",
            d =>
            {
                Far(d);
                d.DataAuthorities = null;
            }
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("from the store", run.LogText);
        Assert.Equal(AttemptOutcome.DownloadFailed, refused.Outcome);
        Assert.Contains("the node does not trust the store at '127.0.0.1:", refused.Message);

        void Far(RunDraft draft)
        {
            draft.Data.Add(new FakeObject("far", "from the store"u8.ToArray()) { Url = store.Url });
            draft.DataAuthorities = authority.Pem;
        }
    }

    [Fact]
    public async Task An_archive_that_cannot_be_unpacked_is_the_user_s_and_one_that_arrives_changed_is_the_node_s()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();

        var (_, broken) = await harness.RunAsync(
            "true",
            d => d.Archive = "this is no zip at all, not even a bit"u8.ToArray()
        );
        var (_, changed) = await harness.RunAsync("true", d => d.ArchiveSha256 = new string('0', 64));

        Assert.Equal(AttemptOutcome.ArchiveFailed, broken.Outcome);
        Assert.Equal(AttemptOutcome.NodeFailed, changed.Outcome);
        Assert.Contains("SHA-256", changed.Message);
    }

    [Fact]
    public async Task A_cancel_during_the_download_ends_it()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.Service.Interfere = (_, context) =>
            context.Request.Path.Value!.EndsWith("/data", StringComparison.Ordinal) ? 503 : null;
        harness.StartAgent();

        var run = harness.Submit("true");
        run.CancelRequested = true;
        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Canceled, report.Outcome);
        Assert.Null(report.ExitCode);
    }
}
