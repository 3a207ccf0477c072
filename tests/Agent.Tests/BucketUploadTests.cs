using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>Large results that go straight into the user's bucket: once, in parts, and through the service where that fails.</summary>
public sealed class BucketUploadTests
{
    private const string Path = "plots/large.bin";
    private const int PartBytes = 2 << 20;
    private const int Bytes = (6 << 20) + 11;
    private const int Parts = 4;

    private string? _file;

    [Fact]
    public async Task A_large_file_goes_there_in_parts_and_is_not_staged()
    {
        var (run, store, report) = await RunAsync((_, _) => { });

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        AssertWhole(run, store);
        Assert.Equal(["learner-1/training-log.txt", "small.txt"], run.Staged.Keys.Order(StringComparer.Ordinal));
        Assert.All(store.Authorizations, Assert.Empty);
        Assert.Equal(Parts, store.Authorizations.Count);
        Assert.Equal((3, Bytes + 6 + run.LogLength), (report.StagedFiles, report.StagedBytes));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task What_a_store_checks_goes_with_each_part(bool sendsETag, bool answersWithETags)
    {
        var (run, store, _) = await RunAsync(
            (run, store) =>
            {
                store.AnswersWithETags = answersWithETags;
                var target = run.BucketTo;
                run.BucketTo = request =>
                    target(request)! with
                    {
                        SendETag = sendsETag,
                        AnswersWithETags = answersWithETags,
                    };
            }
        );

        AssertWhole(run, store);
        var sent = run.InBucket[Path].Parts.Select(part => sendsETag ? part.Md5 : "");
        Assert.Equal(sent.Order(), store.ETagsSent.Order());
    }

    [Fact]
    public async Task A_store_that_does_not_say_what_it_has_gets_no_more()
    {
        var (run, store, report) = await RunAsync((_, store) => store.AnswersWithETags = false);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Empty(run.InBucket);
        Assert.Equal(Bytes, run.Staged[Path].Length);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    public async Task A_part_that_is_refused_for_now_is_sent_again(int status)
    {
        var (run, store, _) = await RunAsync((_, store) => store.Refusals.Enqueue(status));

        AssertWhole(run, store);
        Assert.Equal(Parts + 1, store.Authorizations.Count);
    }

    [Fact]
    public async Task As_long_as_a_store_asks_for_it_is_left_alone()
    {
        var parts = new ConcurrentQueue<long>();
        var (run, store, _) = await RunAsync(
            (_, store) =>
            {
                store.RetryAfterSeconds = 2;
                store.Refusals.Enqueue(429);
                store.BeforePart = _ =>
                {
                    parts.Enqueue(Stopwatch.GetTimestamp());
                    return Task.CompletedTask;
                };
            }
        );

        AssertWhole(run, store);
        // All four begin at once, and the refused one comes back last.
        var waited = Stopwatch.GetElapsedTime(parts.Min(), parts.Max());
        Assert.True(waited > TimeSpan.FromSeconds(1.5), $"It came back after {waited}.");
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_a_part_costs_that_part_only()
    {
        var cuts = 0;
        var (run, store, _) = await RunAsync(
            (_, store) =>
                store.BeforePart = async context =>
                {
                    if (Interlocked.Increment(ref cuts) == 2)
                    {
                        await context.Request.Body.ReadExactlyAsync(new byte[1000]);
                        context.Abort();
                    }
                }
        );

        AssertWhole(run, store);
        Assert.Equal(Parts + 1, store.Authorizations.Count);
    }

    [Theory]
    [InlineData(404)]
    public async Task What_a_store_does_not_take_goes_through_the_service(int status)
    {
        var (run, _, report) = await RunAsync((_, store) => store.Refusals.Enqueue(status));

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Empty(run.InBucket);
        Assert.Equal(Bytes, run.Staged[Path].Length);
    }

    [Fact]
    public async Task An_older_service_that_knows_no_such_way_is_asked_twice_at_most()
    {
        var asked = 0;
        await using var harness = await AgentHarness.OpenAsync();
        var run = harness.Submit($"for i in 1 2 3 4 5; do head -c {Bytes} /dev/zero >$RESULT_DIR/$i; done");
        harness.Service.Interfere = (_, context) =>
            context.Request.Path.Value!.EndsWith(AgentRoutes.BucketUploads, StringComparison.Ordinal)
            && Interlocked.Increment(ref asked) > 0
                ? StatusCodes.Status404NotFound
                : null;
        harness.StartAgent();

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Equal(6, run.Staged.Count);
        // One for each of the files that are staged at once.
        Assert.InRange(asked, 1, 4);
    }

    [Fact]
    public async Task A_file_that_changes_meanwhile_is_there_as_it_is_then()
    {
        var changes = 0;
        var (run, store, report) = await RunAsync(
            (_, store) =>
                store.BeforePart = _ =>
                {
                    if (Interlocked.Increment(ref changes) == 1)
                    {
                        File.WriteAllBytes(_file!, new byte[Bytes]);
                    }
                    return Task.CompletedTask;
                }
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        AssertWhole(run, store);
        Assert.Equal(Sha256(new byte[Bytes]), run.InBucket[Path].Sha256);
        Assert.DoesNotContain(Path, run.Staged.Keys);
    }

    [Fact]
    public async Task Of_many_parts_the_addresses_are_asked_for_as_they_are_needed()
    {
        var asked = new List<int>();
        var (run, store, _) = await RunAsync(
            (run, store) =>
                run.BucketTo = request =>
                {
                    lock (asked)
                    {
                        asked.Add(request.FirstPart);
                    }
                    return TargetOf(store, request, addresses: 3);
                }
        );

        AssertWhole(run, store);
        Assert.Equal([0, 3], asked);
    }

    private async Task<(FakeRun Run, PlainStore Store, CompletionReport Report)> RunAsync(
        Action<FakeRun, PlainStore> prepare
    )
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var store = await PlainStore.StartAsync([]);
        var run = harness.Submit(
            $"""
            mkdir $RESULT_DIR/plots; head -c {Bytes} /dev/urandom >$RESULT_DIR/{Path}; echo small >$RESULT_DIR/small.txt
            """
        );
        run.BucketTo = request =>
        {
            _file = System.IO.Path.Combine(harness.AttemptFolder(run), "job", "dl-models", Path);
            return TargetOf(store, request);
        };
        prepare(run, store);
        harness.StartAgent("none");
        return (run, store, await harness.CompletionAsync(run));
    }

    private static BucketUploadTarget TargetOf(PlainStore store, BucketUploadRequest request, int addresses = Parts) =>
        new()
        {
            PartBytes = PartBytes,
            Addresses =
            [
                .. Enumerable
                    .Range(request.FirstPart, Math.Min(addresses, Parts - request.FirstPart))
                    .Select(part => $"{store.BucketUrl}{request.Path}/{part}?signature=x"),
            ],
        };

    private static void AssertWhole(FakeRun run, PlainStore store)
    {
        var commit = run.InBucket[Path];
        var parts = Enumerable.Range(0, Parts).Select(part => store.Staged[$"{Path}/{part}"]).ToList();
        Assert.Equal(
            parts.Select(part =>
                Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, part))
            ),
            commit.Parts.Select(p => p.Md5)
        );
        Assert.Equal(commit.Parts.Select(p => p.Md5), commit.Parts.Select(p => p.Checksum));
        var whole = parts.SelectMany(part => part).ToArray();
        Assert.Equal((Bytes, Sha256(whole)), (whole.Length, commit.Sha256));
        Assert.Equal(Bytes, commit.Bytes);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
