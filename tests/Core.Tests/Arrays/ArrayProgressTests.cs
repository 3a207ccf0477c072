using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Runs;
using Trainyard.Core.Tests.Runs;
using Trainyard.Manifests.Model;
using Trainyard.Tests.Shared;

namespace Trainyard.Core.Tests.Arrays;

/// <summary>What comes next in an array, by the records of its runs.</summary>
public sealed class ArrayProgressTests
{
    private readonly MemoryRuns _runs = new();
    private readonly ManualTime _time = new();
    private readonly ArrayProgress _progress;
    private readonly RunId _id;

    public ArrayProgressTests()
    {
        _progress = new(_runs, _time);
        _id = New(3);
    }

    [Fact]
    public async Task Each_run_has_its_values_and_its_index_and_the_owner_is_told_of_the_array_only()
    {
        var step = await StepAsync();
        Assert.Equal([0, 1, 2], step.ToStart);
        Assert.Equal((RunPhase.Queued, "array_under_way"), (step.Array.Phase, step.Array.Reason!.Code));
        Assert.Equal(1, step.Array.Attempt);

        await StartAsync(step);

        var last = _runs[ArrayElement.IdOf(_id, 2)];
        Assert.Equal(
            [("ARRAY_COUNT", "3"), ("ARRAY_INDEX", "2"), ("EPOCHS", "9"), ("N", "2")],
            last.Manifest.Env.Select(v => (v.Key, v.Value))
        );
        Assert.Equal((null, null, false), (last.Manifest.Array, last.Manifest.Notify, last.IsArray));
        Assert.Equal((_id, 2, 3), (last.Element!.ArrayId, last.Element.Index, last.Element.Count));
        Assert.Equal(_runs[_id].Submission, last.ArchiveKey);
        Assert.NotEqual(last.Submission, last.ArchiveKey);
        Assert.Empty((await StepAsync()).ToStart);
        Assert.All(
            _runs.All.Where(run => run.Element is not null),
            run => Assert.DoesNotContain('_', run.Id.ToString()[9..])
        );
    }

    [Fact]
    public async Task It_completes_when_all_its_runs_have()
    {
        await StartAsync(await StepAsync());
        End(0, RunPhase.Completed);
        End(1, RunPhase.Completed);
        var step = await StepAsync();
        Assert.Equal((RunPhase.Processing, "2 of 3 runs ended: 2 completed"), Standing(step.Array));

        End(2, RunPhase.Completed);
        step = await StepAsync();

        Assert.Equal((RunPhase.Completed, "succeeded"), (step.Array.Phase, step.Array.Reason!.Code));
        Assert.Equal(6, step.Array.Usage.GpuSeconds);
        Assert.Equal(
            [RunPhase.Queued, RunPhase.Downloading, RunPhase.Processing, RunPhase.Storing, RunPhase.Completed],
            step.Array.History.Select(entry => entry.Phase)
        );
    }

    [Fact]
    public async Task A_run_that_fails_ends_no_other_and_is_named_in_the_end()
    {
        await StartAsync(await StepAsync());
        End(1, RunPhase.Failed, RunReason.CommandFailed(7));
        var step = await StepAsync();
        Assert.Empty(step.ToCancel);
        Assert.Equal((RunPhase.Processing, "1 of 3 runs ended: 1 failed"), Standing(step.Array));

        End(0, RunPhase.Completed);
        End(2, RunPhase.Completed);
        step = await StepAsync();

        Assert.Equal(
            $"array_failed: 3 of 3 runs ended: 2 completed, 1 failed. {ArrayElement.IdOf(_id, 1)} (N=1) command_failed: exit 7",
            step.Array.Reason!.ToString()
        );
        Assert.Equal((RunPhase.Failed, Fault.User), (step.Array.Phase, step.Array.Reason.Fault));
    }

    [Fact]
    public async Task The_first_failures_are_told_and_the_others_counted()
    {
        var id = New(6);
        await StartAsync(await StepAsync(id));
        for (var i = 0; i < 6; i++)
        {
            End(i, RunPhase.Failed, RunReason.System("node_lost", "gone"), id);
        }

        var reason = (await StepAsync(id)).Array.Reason!;

        Assert.EndsWith("; and 3 more", reason.Message);
        Assert.Equal(3, reason.Message.Split("node_lost: gone").Length - 1);
        Assert.Equal(Fault.System, reason.Fault);
    }

    [Fact]
    public async Task A_cancel_ends_the_runs_that_go_on_and_those_that_have_not_begun()
    {
        await StartAsync(await StepAsync());
        End(0, RunPhase.Completed);
        _runs[_id] = _runs[_id] with { CancelRequestedAt = _time.GetUtcNow() };
        var step = await StepAsync();
        Assert.Equal([ArrayElement.IdOf(_id, 1), ArrayElement.IdOf(_id, 2)], step.ToCancel.Select(run => run.Id));
        Assert.Equal(RunPhase.Processing, step.Array.Phase);

        End(1, RunPhase.Halted);
        End(2, RunPhase.Failed, RunReason.CommandFailed(1));
        step = await StepAsync();

        Assert.Equal(
            (RunPhase.Halted, "canceled_by_owner", "3 of 3 runs ended: 1 completed, 1 failed, 1 canceled"),
            (step.Array.Phase, step.Array.Reason!.Code, step.Array.Reason.Message)
        );
    }

    [Fact]
    public async Task A_cancel_before_anything_began_ends_it_at_once()
    {
        _runs[_id] = _runs[_id] with { CancelRequestedAt = _time.GetUtcNow() };

        var step = await StepAsync();

        Assert.Equal(RunPhase.Halted, step.Array.Phase);
        Assert.Empty(step.ToStart);
        Assert.Single(_runs.All);
    }

    [Fact]
    public async Task A_cancel_finds_runs_that_began_without_a_note_of_it()
    {
        var began = ArrayElements.NewRun(_runs[_id], 1, _time.GetUtcNow());
        _runs[began.Id] = began;
        _runs[_id] = _runs[_id] with { CancelRequestedAt = _time.GetUtcNow() };

        var step = await StepAsync();

        Assert.Equal(began.Id, Assert.Single(step.ToCancel).Id);
        Assert.False(step.Array.Phase.IsTerminal());
    }

    [Fact]
    public async Task A_hundred_go_on_at_once_and_the_next_begins_when_one_ends()
    {
        var id = New(1_000);
        var step = await StepAsync(id);
        Assert.Equal(Enumerable.Range(0, 100), step.ToStart);
        await StartAsync(step);
        End(3, RunPhase.Completed, id: id);
        End(70, RunPhase.Failed, id: id);

        step = await StepAsync(id);

        Assert.Equal([100, 101], step.ToStart);
        var before = _runs.Reads;
        await StepAsync(id);
        Assert.Equal(1 + 98, _runs.Reads - before);
    }

    [Fact]
    public async Task A_run_that_its_owner_deleted_counts_as_canceled()
    {
        await StartAsync(await StepAsync());
        await _runs.DeleteAsync(ArrayElement.IdOf(_id, 1), default);
        End(0, RunPhase.Completed);
        End(2, RunPhase.Completed);

        var array = (await StepAsync()).Array;

        Assert.Equal((RunPhase.Halted, "array_canceled"), (array.Phase, array.Reason!.Code));
        Assert.Equal(RunPhase.Halted, ArrayElements.Missing(array, 1).Phase);
    }

    [Fact]
    public async Task What_is_repeated_after_an_interruption_is_the_same()
    {
        var step = await StepAsync();
        var submission = new ElementSubmission(_runs, new MemorySecrets(), _time);
        var first = await submission.SubmitAsync(step.Array, 0, default);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal([0, 1, 2], (await StepAsync()).ToStart);
        Assert.Equal(first.SubmittedAt, (await submission.SubmitAsync(step.Array, 0, default)).SubmittedAt);
        Assert.Equal(2, _runs.All.Count());
    }

    [Fact]
    public async Task Another_writer_of_the_record_loses_nothing()
    {
        await StartAsync(await StepAsync());
        End(0, RunPhase.Completed);
        var isFirst = true;
        _runs.BeforeUpdate = () =>
        {
            if (isFirst)
            {
                isFirst = false;
                _runs[_id] = _runs[_id] with { CancelRequestedAt = _time.GetUtcNow() };
            }
        };

        var step = await StepAsync();

        Assert.NotNull(step.Array.CancelRequestedAt);
        Assert.Equal(2, step.ToCancel.Count);
        Assert.Equal(2, step.Array.Usage.GpuSeconds);
    }

    [Fact]
    public async Task What_is_no_array_has_no_next_step()
    {
        var run = Samples.RunIn(RunPhase.Queued);
        _runs[run.Id] = run;

        Assert.Null(await _progress.StepAsync(run.Id, default));
        Assert.Null(await _progress.StepAsync(RunId.New(), default));
    }

    [Fact]
    public async Task A_run_that_has_not_begun_is_shown_with_what_it_waits_for()
    {
        var array = (await StepAsync()).Array;

        var missing = ArrayElements.Missing(array, 2);

        Assert.Equal((RunPhase.Queued, "array_turn"), (missing.Phase, missing.Reason!.Code));
        Assert.Equal(ArrayElement.IdOf(_id, 2), missing.Id);
    }

    [Fact]
    public async Task How_long_a_run_takes_is_known_from_those_before_it_in_its_array()
    {
        var step = await StepAsync();
        await StartAsync(step);
        var first = _runs[ArrayElement.IdOf(_id, 0)];
        var begin = _time.GetUtcNow();
        RunPhase[] phases = [RunPhase.Downloading, RunPhase.Storing, RunPhase.Completed];
        _runs[first.Id] = phases
            .Select((phase, i) => new PhaseEntry { Phase = phase, At = begin.AddMinutes(7 * (i + 1)) })
            .Aggregate(first, (run, entry) => run with { History = [.. run.History, entry] });

        var like = new SimilarRuns(_runs, _time);

        Assert.Equal(TimeSpan.FromMinutes(7), await like.ExpectedAsync(_runs[ArrayElement.IdOf(_id, 2)], default));
    }

    private static (RunPhase, string) Standing(TrainingRun array) => (array.Phase, array.Reason!.Message);

    private RunId New(int count)
    {
        var values = Enumerable.Range(0, count).Select(i => $"{i}").ToList();
        var single = Samples.RunIn(RunPhase.Queued);
        var array = single with
        {
            Nonce = "nonce",
            Manifest = single.Manifest with
            {
                Env = new SortedDictionary<string, string> { ["EPOCHS"] = "9" },
                Notify = new() { Url = new("https://hooks.example.com"), On = ["completed"] },
                Array = new RunArray { Variables = new Dictionary<string, IReadOnlyList<string>> { ["N"] = values } },
            },
        };
        _runs[array.Id] = array;
        return array.Id;
    }

    private async Task<ArrayStep> StepAsync(RunId? id = null) => (await _progress.StepAsync(id ?? _id, default))!;

    private async Task StartAsync(ArrayStep step)
    {
        var submission = new ElementSubmission(_runs, new MemorySecrets(), _time);
        foreach (var index in step.ToStart)
        {
            await submission.SubmitAsync(step.Array, index, default);
        }
        await _progress.MarkStartedAsync(step.Array.Id, step.ToStart, default);
    }

    // Each used two GPU seconds.
    private void End(int index, RunPhase phase, RunReason? reason = null, RunId? id = null)
    {
        var run = _runs[ArrayElement.IdOf(id ?? _id, index)];
        var end = new PhaseEntry
        {
            Phase = phase,
            At = _time.GetUtcNow(),
            Reason = reason,
        };
        _runs[run.Id] = run with
        {
            History = [.. run.History, end],
            UsageByAttempt = new Dictionary<int, RunUsage> { [1] = new() { GpuSeconds = 2 } },
        };
    }
}
