using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Core.Search;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every store of experiments' records does.</summary>
public abstract class RecordStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    protected abstract IRecordStore<ExperimentRun> Store { get; }

    /// <summary>Another kind of record, in the same place.</summary>
    protected abstract IRecordStore<Experiment> Others { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_record_comes_back_as_it_was()
    {
        var run = ExperimentDecisions.Chosen(SampleExperiments.New(Noon, SampleExperiments.Search), Noon) with
        {
            CancelRequestedAt = Noon.AddMinutes(1),
            EndedAt = Noon.AddMinutes(2),
            State = ExperimentState.Cancelled,
            Reason = "Canceled by its owner.",
        };

        Assert.True(await Store.CreateAsync(run, default));

        Assert.Equal(Json(run), Json((await Store.GetAsync(run.Owner, run.Id, default))!.Record));
    }

    [Fact]
    public async Task A_run_of_a_thousand_trials_has_room()
    {
        var run = SampleExperiments.New(Noon, SampleExperiments.Search);
        var trials = Enumerable
            .Range(0, 1000)
            .Select(i => ExperimentDecisions.Trial(run, i) with { Reason = new string('x', 300), Objective = i })
            .ToList();
        run = run with { References = [run.References[0] with { Trials = trials }] };
        await Store.CreateAsync(run, default);

        Assert.Equal(Json(run), Json((await Store.GetAsync(run.Owner, run.Id, default))!.Record));
    }

    [Fact]
    public async Task Another_owner_s_record_is_not_there()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);
        var stranger = Owner.Parse("stranger");

        Assert.Null(await Store.GetAsync(stranger, run.Id, default));
        await Store.DeleteAsync(stranger, run.Id, default);
        Assert.NotNull(await Store.GetAsync(run.Owner, run.Id, default));
        Assert.Empty((await Store.QueryAsync(new RecordQuery { Owner = stranger }, default)).Records);
    }

    [Fact]
    public async Task Records_of_another_kind_are_not_there()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);

        Assert.Null(await Others.GetAsync(run.Owner, run.Id, default));
        Assert.Empty((await Others.QueryAsync(new RecordQuery { Owner = run.Owner }, default)).Records);
        Assert.Empty(await Listed(Others.ListOpenAsync(default)));
    }

    [Fact]
    public async Task A_second_create_changes_nothing()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);

        Assert.False(await Store.CreateAsync(run with { Name = "second" }, default));

        Assert.Equal("sample", (await Store.GetAsync(run.Owner, run.Id, default))!.Record.Name);
    }

    [Fact]
    public async Task Only_the_first_of_two_updates_of_one_version_holds()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);
        var read = (await Store.GetAsync(run.Owner, run.Id, default))!;

        Assert.True(await Store.UpdateAsync(read with { Record = run with { Name = "first" } }, default));
        Assert.False(await Store.UpdateAsync(read with { Record = run with { Name = "second" } }, default));

        Assert.Equal("first", (await Store.GetAsync(run.Owner, run.Id, default))!.Record.Name);
    }

    [Fact]
    public async Task An_update_of_a_deleted_record_does_not_bring_it_back()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);
        var read = (await Store.GetAsync(run.Owner, run.Id, default))!;
        await Store.DeleteAsync(run.Owner, run.Id, default);
        await Store.DeleteAsync(run.Owner, run.Id, default);

        Assert.False(await Store.UpdateAsync(read, default));
        Assert.Null(await Store.GetAsync(run.Owner, run.Id, default));
    }

    [Fact]
    public async Task Many_changes_at_once_all_arrive()
    {
        var run = SampleExperiments.New(Noon);
        await Store.CreateAsync(run, default);

        await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    Task.Run(() => Store.ChangeAsync(run.Owner, run.Id, r => r with { Name = r.Name + "+" }, default))
                )
        );

        Assert.Equal("sample++++++++++", (await Store.GetAsync(run.Owner, run.Id, default))!.Record.Name);
    }

    [Fact]
    public async Task Pages_are_newest_first_and_hold_each_record_once()
    {
        var experiment = Guid.NewGuid();
        var made = new List<ExperimentRun>();
        for (var i = 0; i < 5; i++)
        {
            made.Add(SampleExperiments.New(Noon.AddSeconds(i), experiment: experiment));
            await Store.CreateAsync(made[i], default);
        }
        await Store.CreateAsync(SampleExperiments.New(Noon.AddSeconds(9)), default);

        var listed = new List<Guid>();
        string? continuation = null;
        do
        {
            var query = new RecordQuery
            {
                Owner = made[0].Owner,
                ParentId = experiment,
                PageSize = 2,
                Continuation = continuation,
            };
            var page = await Store.QueryAsync(query, default);
            listed.AddRange(page.Records.Select(r => r.Id));
            continuation = page.Continuation;
        } while (continuation is not null);

        Assert.Equal(Enumerable.Reverse(made).Select(r => r.Id), listed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task A_continuation_of_another_making_is_the_caller_s_mistake(string continuation)
    {
        var query = new RecordQuery { Owner = Owner.Parse("jean"), Continuation = continuation };

        await Assert.ThrowsAsync<InvalidContinuationException>(() => Store.QueryAsync(query, default));
    }

    [Fact]
    public async Task Open_and_closed_records_of_everybody_are_found()
    {
        var open = SampleExperiments.New(Noon, owner: "one");
        var early = SampleExperiments.New(Noon, owner: "two") with { EndedAt = Noon.AddMinutes(1) };
        var late = SampleExperiments.New(Noon, owner: "three") with { EndedAt = Noon.AddMinutes(3) };
        foreach (var run in new[] { open, early, late })
        {
            await Store.CreateAsync(run, default);
        }

        Assert.Equal([open.Id], await Listed(Store.ListOpenAsync(default)));
        Assert.Equal([early.Id], await Listed(Store.ListClosedAsync(Noon.AddMinutes(1), default)));

        var read = (await Store.GetAsync(open.Owner, open.Id, default))!;
        await Store.UpdateAsync(read with { Record = open with { EndedAt = Noon } }, default);

        Assert.Empty(await Listed(Store.ListOpenAsync(default)));
        Assert.Equal(3, (await Listed(Store.ListClosedAsync(Noon.AddMinutes(3), default))).Count);
    }

    private static async Task<List<Guid>> Listed<T>(IAsyncEnumerable<T> records)
        where T : OwnedRecord
    {
        var ids = new List<Guid>();
        await foreach (var record in records)
        {
            ids.Add(record.Id);
        }
        return ids;
    }

    private static string Json(ExperimentRun run) => JsonSerializer.Serialize(run, WireJson.Options);

    private static class ExperimentDecisions
    {
        public static ExperimentRun Chosen(ExperimentRun run, DateTimeOffset at) =>
            run with
            {
                References = [run.References[0] with { Trials = [Trial(run, 0) with { EndedAt = at }] }],
            };

        public static Trial Trial(ExperimentRun run, int number) =>
            new()
            {
                Number = number,
                RunId = RunId.New(),
                ChosenAt = run.CreatedAt,
                HyperParameters = new(StringComparer.Ordinal)
                {
                    ["rate"] = ParameterValue.Of(0.1 * number),
                    ["layers"] = ParameterValue.Of(number),
                    ["optimizer"] = ParameterValue.Of("adam"),
                },
                Rungs = [new ObjectivePoint(1, 0.5)],
            };
    }
}
