using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every run store does.</summary>
public abstract class RunStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    protected abstract IRunStore Store { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_record_comes_back_as_it_was()
    {
        var run = SampleRuns.New(Noon).MoveTo(RunPhase.Failed, RunReason.CommandFailed(3), Noon.AddTicks(1)) with
        {
            Attempt = 2,
            Node = "node-1",
            ExitCode = 3,
            CancelRequestedAt = Noon.AddMinutes(1),
            Results = new StoredResults
            {
                Bucket = "b",
                Files = 3,
                Bytes = 1L << 40,
            },
        };

        Assert.True(await Store.CreateAsync(run, default));

        Assert.Equal(Json(run), Json((await Store.GetAsync(run.Id, default))!.Run));
    }

    [Fact]
    public async Task Runs_of_an_array_are_not_among_their_owners_and_are_found_otherwise()
    {
        var array = SampleRuns.New(Noon) with
        {
            Manifest = SampleRuns.Manifest with
            {
                Array = new() { Variables = new Dictionary<string, IReadOnlyList<string>> { ["N"] = ["a", "b"] } },
                Retention = TimeSpan.FromHours(1),
            },
            ElementPhases = [RunPhase.Queued, null],
        };
        var element = ArrayElements.NewRun(array, 1, Noon);
        Assert.True(await Store.CreateAsync(array, default));
        Assert.True(await Store.CreateAsync(element, default));
        Assert.False(await Store.CreateAsync(element, default));

        Assert.Equal(Json(array), Json((await Store.GetAsync(array.Id, default))!.Run));
        var read = (await Store.GetAsync(element.Id, default))!;
        Assert.Equal(Json(element), Json(read.Run));
        Assert.Equal([array.Id], (await ListAsync(new RunQuery { Owner = array.Owner })).Select(run => run.Id));
        var queued = await ListAsync(new RunQuery { Phases = [RunPhase.Queued] });
        Assert.Equal(new HashSet<RunId> { array.Id, element.Id }, queued.Select(run => run.Id).ToHashSet());

        var ended = read.Run.MoveTo(RunPhase.Failed, RunReason.CommandFailed(3), Noon);
        Assert.True(await Store.UpdateAsync(read with { Run = ended }, default));
        var purgeable = new List<RunId>();
        await foreach (var run in Store.ListPurgeableAsync(Noon.AddHours(2), TimeSpan.FromDays(7), default))
        {
            purgeable.Add(run.Id);
        }
        Assert.Equal([element.Id], purgeable);
        await Store.DeleteAsync(element.Id, default);
        Assert.Null(await Store.GetAsync(element.Id, default));
    }

    [Fact]
    public async Task What_is_not_there_is_null() => Assert.Null(await Store.GetAsync(RunId.New(), default));

    [Fact]
    public async Task A_clock_finer_than_the_record_changes_nothing()
    {
        var run = SampleRuns.New(Noon.AddTicks(7));
        var other = SampleRuns.New(Noon.AddTicks(3));
        await Store.CreateAsync(run, default);
        await Store.CreateAsync(other, default);

        var read = (await Store.GetAsync(run.Id, default))!;
        var failed = read.Run.MoveTo(RunPhase.Failed, RunReason.CommandFailed(3), Noon.AddMinutes(1).AddTicks(7));
        Assert.True(await Store.UpdateAsync(read with { Run = failed }, default));

        var listed = await ListAsync(new RunQuery { PageSize = 1 });
        Assert.Equal(2, listed.Count);
        Assert.Equal([run.Id, other.Id], listed.Select(r => r.Id).ToHashSet());
        Assert.Equal(run.Id, Assert.Single(await ListAsync(new RunQuery { Phases = [RunPhase.Failed] })).Id);
        await Store.DeleteAsync(run.Id, default);
        Assert.Equal(other.Id, Assert.Single(await ListAsync(new RunQuery())).Id);
    }

    [Fact]
    public async Task A_second_create_changes_nothing()
    {
        var run = SampleRuns.New(owner: "first");
        await Store.CreateAsync(run, default);

        Assert.False(await Store.CreateAsync(run with { Owner = Owner.Parse("second") }, default));

        Assert.Equal("first", (await Store.GetAsync(run.Id, default))!.Run.Owner.ToString());
    }

    [Fact]
    public async Task Only_the_first_of_two_updates_of_one_version_holds()
    {
        var run = SampleRuns.New();
        await Store.CreateAsync(run, default);
        var read = (await Store.GetAsync(run.Id, default))!;

        Assert.True(await Store.UpdateAsync(read with { Run = run with { Attempt = 1 } }, default));
        Assert.False(await Store.UpdateAsync(read with { Run = run with { Attempt = 2 } }, default));

        Assert.Equal(1, (await Store.GetAsync(run.Id, default))!.Run.Attempt);
    }

    [Fact]
    public async Task An_update_of_a_deleted_record_does_not_bring_it_back()
    {
        var run = SampleRuns.New();
        await Store.CreateAsync(run, default);
        var read = (await Store.GetAsync(run.Id, default))!;
        await Store.DeleteAsync(run.Id, default);

        Assert.False(await Store.UpdateAsync(read, default));
        Assert.Null(await Store.GetAsync(run.Id, default));
    }

    [Fact]
    public async Task A_record_made_again_is_not_the_one_that_was_read()
    {
        var run = SampleRuns.New();
        await Store.CreateAsync(run, default);
        var read = (await Store.GetAsync(run.Id, default))!;
        await Store.DeleteAsync(run.Id, default);
        await Store.CreateAsync(run, default);

        Assert.False(await Store.UpdateAsync(read, default));
    }

    [Fact]
    public async Task Deleting_twice_is_fine()
    {
        var run = SampleRuns.New();
        await Store.CreateAsync(run, default);

        await Store.DeleteAsync(run.Id, default);
        await Store.DeleteAsync(run.Id, default);

        Assert.Null(await Store.GetAsync(run.Id, default));
    }

    [Fact]
    public async Task Many_changes_at_once_all_arrive()
    {
        var run = SampleRuns.New();
        await Store.CreateAsync(run, default);

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    Task.Run(() => Store.ChangeAsync(run.Id, r => r with { Attempt = r.Attempt + 1 }, default))
                )
        );

        Assert.Equal(20, (await Store.GetAsync(run.Id, default))!.Run.Attempt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_give_every_record_once_newest_first(int pageSize)
    {
        // Three at each instant: what was submitted together must not be lost between two pages.
        var runs = Enumerable.Range(0, 9).Select(i => SampleRuns.New(Noon.AddSeconds(i / 3))).ToList();
        foreach (var run in runs)
        {
            await Store.CreateAsync(run, default);
        }

        var listed = await ListAsync(new RunQuery { PageSize = pageSize });

        Assert.Equal(9, listed.Select(r => r.Id).Distinct().Count());
        Assert.Equal(runs.Select(r => r.SubmittedAt).OrderDescending(), listed.Select(r => r.SubmittedAt));
    }

    [Fact]
    public async Task A_page_that_is_just_full_has_no_next_one()
    {
        await Store.CreateAsync(SampleRuns.New(), default);
        await Store.CreateAsync(SampleRuns.New(), default);

        var page = await Store.QueryAsync(new RunQuery { PageSize = 2 }, default);

        Assert.Equal(2, page.Runs.Count);
        Assert.Null(page.Continuation);
    }

    [Fact]
    public async Task Records_that_come_or_go_between_two_pages_move_nothing()
    {
        var runs = Enumerable.Range(0, 6).Select(i => SampleRuns.New(Noon.AddSeconds(-i))).ToList();
        foreach (var run in runs)
        {
            await Store.CreateAsync(run, default);
        }
        var first = await Store.QueryAsync(new RunQuery { PageSize = 3 }, default);

        await Store.CreateAsync(SampleRuns.New(Noon.AddSeconds(1)), default);
        await Store.DeleteAsync(runs[2].Id, default);
        var second = await Store.QueryAsync(new RunQuery { PageSize = 3, Continuation = first.Continuation }, default);

        Assert.Equal(runs[3..].Select(r => r.Id), second.Runs.Select(r => r.Id));
    }

    [Fact]
    public async Task An_owner_sees_only_their_own()
    {
        await Store.CreateAsync(SampleRuns.New(owner: "jean"), default);
        await Store.CreateAsync(SampleRuns.New(owner: "jean2"), default);

        var listed = await ListAsync(new RunQuery { Owner = Owner.Parse("jean") });

        Assert.Equal("jean", Assert.Single(listed).Owner.ToString());
    }

    [Fact]
    public async Task Phases_filter()
    {
        var queued = SampleRuns.New(Noon);
        var early = SampleRuns.New(Noon).MoveTo(RunPhase.Halted, RunReason.CanceledByOwner, Noon.AddHours(1));
        var late = SampleRuns.New(Noon).MoveTo(RunPhase.Failed, RunReason.CommandFailed(1), Noon.AddHours(2));
        foreach (var run in new[] { queued, early, late })
        {
            await Store.CreateAsync(run, default);
        }

        var waiting = await ListAsync(new RunQuery { Phases = [RunPhase.Queued, RunPhase.Processing] });
        var none = await ListAsync(new RunQuery { Phases = [] });

        Assert.Equal(queued.Id, Assert.Single(waiting).Id);
        Assert.Empty(none);
    }

    [Fact]
    public async Task What_is_to_be_purged_is_found_by_its_own_retention_or_by_the_services()
    {
        TrainingRun Ended(DateTimeOffset at, TimeSpan? retention)
        {
            var run = SampleRuns.New(Noon);
            run = run with { Manifest = run.Manifest with { Retention = retention } };
            return run.MoveTo(RunPhase.Failed, RunReason.CommandFailed(1), at);
        }
        var hour = TimeSpan.FromHours(1);
        var now = Noon.AddHours(10);
        var due = new[]
        {
            Ended(now - (7 * hour), retention: null),
            Ended(now - hour, retention: hour),
            Ended(now - (9 * hour), retention: hour),
        };
        var kept = new[]
        {
            Ended(now - (7 * hour) + TimeSpan.FromMilliseconds(1), retention: null),
            Ended(now - hour + TimeSpan.FromMilliseconds(1), retention: hour),
            Ended(now - (9 * hour), retention: 10 * hour),
            SampleRuns.New(Noon),
        };
        foreach (var run in due.Concat(kept))
        {
            await Store.CreateAsync(run, default);
        }

        var found = await Store.ListPurgeableAsync(now, 7 * hour, default).ToListAsync();
        Assert.Equal(due.Select(run => $"{run.Id}").Order(), found.Select(run => $"{run.Id}").Order());
        foreach (var run in found)
        {
            await Store.DeleteAsync(run.Id, default);
        }
        Assert.Empty(await Store.ListPurgeableAsync(now, 7 * hour, default).ToListAsync());
        Assert.Equal(4, (await ListAsync(new RunQuery())).Count);
    }

    [Fact]
    public async Task A_filter_follows_the_record_when_it_moves_on()
    {
        var run = SampleRuns.New(Noon);
        await Store.CreateAsync(run, default);

        await Store.ChangeAsync(run.Id, r => r.MoveTo(RunPhase.Downloading, null, Noon), default);

        Assert.Empty(await ListAsync(new RunQuery { Phases = [RunPhase.Queued] }));
        Assert.Single(await ListAsync(new RunQuery { Phases = [RunPhase.Downloading] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("training-AAAAAAAAA")]
    [InlineData("../../etc/passwd")]
    [InlineData("AQAAAAAAAAAAdHJhaW5pbmctQUFBQUFBQUFB===")]
    public async Task A_made_up_continuation_is_refused(string continuation) =>
        await Assert.ThrowsAsync<InvalidContinuationException>(() =>
            Store.QueryAsync(new RunQuery { Continuation = continuation }, default)
        );

    private async Task<List<TrainingRun>> ListAsync(RunQuery query)
    {
        var runs = new List<TrainingRun>();
        do
        {
            var page = await Store.QueryAsync(query, default);
            Assert.True(page.Runs.Count <= query.PageSize);
            runs.AddRange(page.Runs);
            query = query with { Continuation = page.Continuation };
        } while (query.Continuation is not null);
        return runs;
    }

    private static string Json(TrainingRun run) => JsonSerializer.Serialize(run, WireJson.Options);
}
