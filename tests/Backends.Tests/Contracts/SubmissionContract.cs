using System.IO.Compression;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Text;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What becomes of submissions that come twice at once or are cut short, on every backend.</summary>
public abstract class SubmissionContract : IAsyncLifetime
{
    private static readonly Owner Alice = Owner.Parse("alice");

    protected abstract IRunStore Runs { get; }

    protected abstract IBlobStore Blobs { get; }

    protected abstract ISecretStore Secrets { get; }

    protected abstract IDispatchQueue Queue { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>How many runs' secrets are kept.</summary>
    protected abstract Task<int> CountSecretsAsync();

    [Fact]
    public async Task Twenty_equal_submissions_at_once_are_one_run_with_its_archive_and_secrets_and_nothing_else()
    {
        var id = RunId.New();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => SubmitAsync(id))));

        Assert.All(results, result => Assert.Equal(id, result.Run?.Id));
        await AssertOnlyRunAsync(id);
    }

    [Fact]
    public async Task An_id_never_leads_to_another_owners_run()
    {
        var id = RunId.New();
        var theirs = SampleRuns.New(owner: "bob", id: id);
        await Runs.CreateAsync(theirs, default);

        var result = await SubmitAsync(id);

        Assert.Null(result.Run);
        Assert.Equal("idempotency_key_not_usable", Assert.Single(result.Problems).Code);
        Assert.Equal(theirs.Owner, (await Runs.GetAsync(id, default))!.Run.Owner);
    }

    [Fact]
    public async Task An_id_that_another_owner_takes_meanwhile_does_not_lead_to_their_run_either()
    {
        var id = RunId.New();
        var meanwhile = Before(
            Blobs,
            "PutAsync",
            () => Runs.CreateAsync(SampleRuns.New(owner: "bob", id: id), default)
        );

        var result = await SubmitAsync(id, blobs: meanwhile);

        Assert.Null(result.Run);
        await AssertArchivesAsync(0);
    }

    [Fact]
    public async Task A_submission_that_another_one_overtakes_gives_the_others_run()
    {
        var id = RunId.New();
        SubmissionResult? first = null;

        var second = await SubmitAsync(id, blobs: Before(Blobs, "PutAsync", async () => first = await SubmitAsync(id)));

        Assert.Equal(first!.Run!.Submission, second.Run!.Submission);
        await AssertOnlyRunAsync(id);
    }

    [Fact]
    public async Task A_refused_submission_discards_nothing_of_anothers()
    {
        var id = RunId.New();
        var meanwhile = Before(Blobs, "PutAsync", () => SubmitAsync(id));

        var refused = await SubmitAsync(id, blobs: meanwhile, archive: "no zip"u8.ToArray());

        Assert.NotEmpty(refused.Problems);
        await AssertOnlyRunAsync(id);
    }

    [Fact]
    public async Task A_client_that_hangs_up_and_sends_again_keeps_what_it_sent_again()
    {
        var id = RunId.New();
        using var hangUp = new CancellationTokenSource();
        var meanwhile = Before(
            Blobs,
            "OpenReadAsync",
            async () =>
            {
                await SubmitAsync(id);
                await hangUp.CancelAsync();
            }
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SubmitAsync(id, blobs: meanwhile, cancellationToken: hangUp.Token)
        );

        await AssertOnlyRunAsync(id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Something_else_under_the_same_id_is_refused_and_leaves_nothing(bool isMeanwhile)
    {
        var id = RunId.New();
        if (!isMeanwhile)
        {
            await SubmitAsync(id);
        }
        var blobs = isMeanwhile ? Before(Blobs, "PutAsync", () => SubmitAsync(id)) : Blobs;

        var result = await SubmitAsync(id, blobs: blobs, archive: Zip("other.py"));

        Assert.True(result.IsIdTaken, "Taken for the same.");
        Assert.Null(result.Run);
        await AssertOnlyRunAsync(id);
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_nothing()
    {
        using var hangUp = new CancellationTokenSource();
        var meanwhile = Before(Blobs, "OpenReadAsync", hangUp.CancelAsync);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SubmitAsync(RunId.New(), blobs: meanwhile, cancellationToken: hangUp.Token)
        );

        await AssertNothingAsync();
    }

    [Fact]
    public async Task A_record_that_was_written_though_its_write_failed_keeps_its_archive_and_secrets()
    {
        var id = RunId.New();
        static async Task<bool> Lost(Task<bool> answer)
        {
            await answer;
            throw new IOException("The answer was lost.");
        }
        var runs = Intercepted.Of(Runs, (name, go) => name == "CreateAsync" ? Lost((Task<bool>)go()!) : go());

        await Assert.ThrowsAsync<IOException>(() => SubmitAsync(id, runs: runs));

        await AssertOnlyRunAsync(id);
        Assert.Equal(id, (await SubmitAsync(id)).Run!.Id);
    }

    [Fact]
    public async Task A_submission_that_is_killed_anywhere_leaves_nothing_that_is_not_cleared_later()
    {
        for (var call = 1; ; call++)
        {
            var kill = new Kill(call);
            var id = RunId.New();
            var result = await Record(() => SubmitAsync(id, kill.In(Runs), kill.In(Blobs), kill.In(Secrets)));
            if (!kill.Happened)
            {
                break;
            }

            await DiscardAsync();
            await AssertNothingAsync();
            Assert.IsType<IOException>(result);
        }
        await AssertArchivesAsync(1);
    }

    [Fact]
    public async Task A_clearing_that_is_killed_anywhere_is_finished_by_the_next()
    {
        for (var call = 1; ; call++)
        {
            var id = RunId.New();
            await SubmitAsync(id);
            await Record(() => SubmitAsync(RunId.New(), runs: new Kill(2).In(Runs)));
            var kill = new Kill(call);

            await Record(() => DiscardAsync(kill.In(Runs), kill.In(Blobs), kill.In(Secrets), kill.In(Queue)));
            await DiscardAsync();

            await AssertNothingAsync();
            Assert.Null(await Runs.GetAsync(id, default));
            if (!kill.Happened)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_submission_sent_again_after_its_run_was_erased_is_a_run_that_finds_nothing_of_the_old_one()
    {
        var id = RunId.New();
        var old = (await SubmitAsync(id)).Run! with { Attempt = 1 };
        await Queue.EnqueueAsync(FirstAttemptOf(id), default);
        await Queue.FinishAsync(id, 1, default);
        RunBlobs.TryStaged(id, 1, "model/weights", out var staged);
        await Blobs.PutAsync(staged, new MemoryStream([1]), null, default);
        await Blobs.AppendAsync(RunBlobs.Log(id), 0, "old"u8.ToArray(), default);

        await new RunEraser(Runs, Blobs, Secrets, Queue).EraseAsync(old, default);
        await AssertNothingAsync();
        await SubmitAsync(id);
        await Queue.EnqueueAsync(FirstAttemptOf(id), default);

        await AssertOnlyRunAsync(id);
        await foreach (var left in Blobs.ListAsync(RunBlobs.Prefix(id), default))
        {
            Assert.Fail($"'{left.Name}' is of the old run.");
        }
        Assert.Equal(CancelOutcome.Removed, await Queue.CancelAsync(id, 1, default));
    }

    [Fact]
    public async Task An_array_sent_again_is_the_same_and_its_runs_share_its_archive_until_it_is_erased()
    {
        var id = RunId.New();
        var array = (await SubmitAsync(id, manifest: $"{Manifest}\narray: {{N: [1, 2]}}\n")).Run!;
        var again = await SubmitAsync(id, manifest: $"{Manifest}\narray: {{\"N\": [\"1\", \"2\"]}}\n");
        var other = await SubmitAsync(id, manifest: $"{Manifest}\narray: {{N: [1, 3]}}\n");
        Assert.Equal((id, true), (again.Run?.Id, other.IsIdTaken));

        var elements = new ElementSubmission(Runs, Secrets, TimeProvider.System);
        var first = await elements.SubmitAsync(array, 0, default);
        Assert.Equal(first.Id, (await elements.SubmitAsync(array, 0, default)).Id);
        var second = await elements.SubmitAsync(array, 1, default);

        await AssertArchivesAsync(1);
        Assert.Equal(3, await CountSecretsAsync());
        Assert.Equal(
            array.Archive.Sha256,
            (await Blobs.FindAsync(RunBlobs.Archive(first.ArchiveKey), default))?.Sha256
        );
        var eraser = new RunEraser(Runs, Blobs, Secrets, Queue);
        await eraser.EraseAsync(first, default);
        await AssertArchivesAsync(1);
        await eraser.EraseAsync(second, default);
        await eraser.EraseAsync(array, default);
        await AssertNothingAsync();
    }

    [Fact]
    public async Task A_started_run_keeps_its_own_while_the_rest_of_its_twin_is_cleared()
    {
        var id = RunId.New();
        var kill = new Kill(2);
        await Record(() => SubmitAsync(id, runs: kill.In(Runs)));
        await SubmitAsync(id);
        await AssertArchivesAsync(2);

        await DiscardAsync(isUnstarted: false);

        await AssertOnlyRunAsync(id);
    }

    [Fact]
    public async Task What_is_too_young_is_left_to_the_submission_that_may_still_go_on()
    {
        await Record(() => SubmitAsync(RunId.New(), runs: new Kill(2).In(Runs)));

        await DiscardAsync(before: DateTimeOffset.MinValue);

        await AssertArchivesAsync(1);
        Assert.Equal(1, await CountSecretsAsync());
    }

    private static async Task<Exception?> Record(Func<Task> action) => await Xunit.Record.ExceptionAsync(action);

    private async Task AssertOnlyRunAsync(RunId id)
    {
        var run = (await Runs.GetAsync(id, default))!.Run;
        var archive = await Blobs.FindAsync(RunBlobs.Archive(run.Submission), default);
        Assert.Equal(run.Archive.Sha256, archive?.Sha256);
        Assert.NotNull(await Secrets.GetAsync(run.Submission, default));
        await AssertArchivesAsync(1);
        Assert.Equal(1, await CountSecretsAsync());
    }

    private async Task AssertNothingAsync()
    {
        await AssertArchivesAsync(0);
        Assert.Equal(0, await CountSecretsAsync());
        Assert.Empty((await Runs.QueryAsync(new RunQuery(), default)).Runs);
    }

    private async Task AssertArchivesAsync(int count)
    {
        var names = new List<string>();
        await foreach (var archive in Blobs.ListAsync(RunBlobs.Archives, default))
        {
            names.Add(archive.Name.ToString());
        }
        Assert.Equal(count, names.Count);
    }

    private static DispatchEntry FirstAttemptOf(RunId id) =>
        new()
        {
            RunId = id,
            Attempt = 1,
            Owner = Alice,
            Pool = "default",
            Needs = new RunNeeds(),
        };

    // Lets somebody else do something before the first call of a method.
    private static IBlobStore Before(IBlobStore blobs, string method, Func<Task> meanwhile)
    {
        var isDone = false;
        return Intercepted.Of(
            blobs,
            (name, go) =>
            {
                if (name != method || isDone)
                {
                    return go();
                }
                isDone = true;
                return method == "PutAsync" ? Then<BlobInfo>(go) : Then<Stream?>(go);
            }
        );

        async Task<T> Then<T>(Func<object?> go)
        {
            await meanwhile();
            return await (Task<T>)go()!;
        }
    }

    private async Task DiscardAsync(
        IRunStore? runs = null,
        IBlobStore? blobs = null,
        ISecretStore? secrets = null,
        IDispatchQueue? queue = null,
        DateTimeOffset? before = null,
        bool isUnstarted = true
    )
    {
        var (r, b, s) = (runs ?? Runs, blobs ?? Blobs, secrets ?? Secrets);
        var submissions = new UnstartedSubmissions(r, b, s, new RunEraser(r, b, s, queue ?? Queue));
        var end = before ?? DateTimeOffset.MaxValue;
        await foreach (var _ in submissions.DiscardAsync(end, _ => Task.FromResult(isUnstarted), default)) { }
    }

    private Task<SubmissionResult> SubmitAsync(
        RunId id,
        IRunStore? runs = null,
        IBlobStore? blobs = null,
        ISecretStore? secrets = null,
        byte[]? archive = null,
        string manifest = Manifest,
        CancellationToken cancellationToken = default
    )
    {
        var submission = new RunSubmission(
            runs ?? Runs,
            blobs ?? Blobs,
            secrets ?? Secrets,
            FrameworkCatalog.Default,
            new ManifestLimits(),
            new ArchiveLimits(),
            Placements.InNoPool,
            new PoolOptions(),
            TimeProvider.System
        );
        var sent = new Submission
        {
            Id = id,
            Owner = Alice,
            Manifest = Encoding.UTF8.GetBytes(manifest),
            Archive = new MemoryStream(archive ?? Archive),
        };
        return submission.SubmitAsync(sent, cancellationToken);
    }

    private const string Manifest = """
        model_definition:
          name: flowers
          framework:
            name: python
            version: "3"
          execution:
            command: python3 train.py
            compute_configuration:
              name: small
        training_data_reference:
          type: s3
          connection:
            endpoint_url: https://s3.example.org
            access_key_id: id
            secret_access_key: key
          source:
            bucket: flower-photos
        training_results_reference:
          type: file
          target:
            bucket: flower-models
        """;

    // The same bytes each time: a zip holds the time it was made at.
    private static readonly byte[] Archive = Zip();

    private static byte[] Zip(string file = "train.py")
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(file).Open();
            entry.Write("print()\n"u8);
        }
        return bytes.ToArray();
    }
}
