using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Tests.Shared;

namespace Trainyard.Core.Tests.Experiments;

/// <summary>What comes next in an experiment's run, by its record alone.</summary>
public sealed class ExperimentDecisionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_reference_is_one_training_run_and_its_end_the_experiment_s()
    {
        var run = Decide(SampleExperiments.New(Noon));
        var trial = Assert.Single(run.Trials);
        Assert.DoesNotContain('_', trial.RunId.ToString());
        Assert.Null(trial.HyperParameters);

        run = Decide(End(run, RunPhase.Completed));

        Assert.Equal(ExperimentState.Completed, run.State);
        Assert.Equal(Noon, run.EndedAt);
    }

    [Fact]
    public void A_training_run_by_itself_that_fails_fails_the_experiment()
    {
        var run = Decide(End(Decide(SampleExperiments.New(Noon)), RunPhase.Failed));

        Assert.Equal(ExperimentState.Error, run.State);
        Assert.Equal("No training run of model completed.", run.Reason);
    }

    [Fact]
    public void A_search_holds_as_many_at_once_as_it_may_and_as_many_in_all()
    {
        var run = Decide(SampleExperiments.New(Noon, SampleExperiments.Search));
        var started = new HashSet<RunId>();
        for (var round = 0; run.EndedAt is null; round++)
        {
            Assert.InRange(run.Trials.Count(t => t.Phase is null), 1, 2);
            started.UnionWith(run.Trials.Select(t => t.RunId));
            run = Decide(End(run, RunPhase.Completed, objective: round, only: run.Trials.First(t => t.Phase is null)));
        }

        Assert.Equal(6, started.Count);
        Assert.Equal(ExperimentState.Completed, run.State);
        Assert.Equal(5, run.References[0].Trials.First(t => t.Number == run.References[0].Best).Objective);
    }

    [Fact]
    public void The_same_record_decides_the_same_whenever_it_is_asked()
    {
        var run = SampleExperiments.New(Noon, SampleExperiments.Search);

        Assert.Equal(Decide(run).Trials.Select(t => t.RunId), Decide(run).Trials.Select(t => t.RunId));
        Assert.Equal(
            Decide(run).Trials.SelectMany(t => t.HyperParameters!),
            Decide(run).Trials.SelectMany(t => t.HyperParameters!)
        );
        Assert.Equal(Decide(run).Trials.Select(t => t.RunId), Decide(Decide(run)).Trials.Select(t => t.RunId));
    }

    [Fact]
    public void Failed_training_runs_do_not_fail_a_search_unless_all_fail()
    {
        var run = Decide(SampleExperiments.New(Noon, SampleExperiments.Search with { Steps = 2 }));
        var first = End(run, RunPhase.Failed, only: run.Trials.First());

        Assert.Equal(ExperimentState.Completed, Decide(End(first, RunPhase.Completed, 0.5)).State);
        Assert.Equal(ExperimentState.Error, Decide(End(first, RunPhase.Failed)).State);
    }

    [Theory]
    [InlineData(true, 0.9)]
    [InlineData(false, 0.1)]
    public void The_best_is_the_greatest_or_the_least_of_those_that_completed(bool maximize, double best)
    {
        var run = Decide(
            SampleExperiments.New(
                Noon,
                SampleExperiments.Search with
                {
                    Maximize = maximize,
                    Steps = 4,
                    Parallelism = 4,
                }
            )
        );
        var trials = run.Trials.ToList();
        run = End(run, RunPhase.Completed, 0.9, trials[0]);
        run = End(run, RunPhase.Completed, 0.1, trials[1]);
        run = End(run, RunPhase.Failed, maximize ? 2 : -2, trials[2]);
        run = Decide(End(run, RunPhase.Completed, null, trials[3]));

        Assert.Equal(best, run.References[0].Trials.Single(t => t.Number == run.References[0].Best).Objective);
    }

    [Fact]
    public void Spent_GPU_hours_start_nothing_more_and_say_so()
    {
        var run = Decide(SampleExperiments.New(Noon, SampleExperiments.Search with { MaxGpuHours = 1 }));
        run = run.ChangeTrials(t => t with { Phase = RunPhase.Completed, Objective = 1, GpuSeconds = 1800 });

        run = Decide(run);

        Assert.Equal(2, run.Trials.Count());
        Assert.Equal(ExperimentState.Completed, run.State);
        Assert.Equal("1 GPU hours were used, of 1 allowed.", run.References[0].StoppedBecause);
    }

    [Fact]
    public void Hours_that_are_over_start_nothing_more()
    {
        var run = Decide(SampleExperiments.New(Noon, SampleExperiments.Search with { MaxHours = 2 }));
        var early = End(run, RunPhase.Completed, 1, run.Trials.First());

        Assert.Equal(3, ExperimentDecision.Decide(early, Noon.AddHours(1.9)).Trials.Count());
        var late = ExperimentDecision.Decide(early, Noon.AddHours(2));
        Assert.Equal(2, late.Trials.Count());
        Assert.Null(late.EndedAt);
        Assert.Equal("The 2 hours that it may take are over.", late.References[0].StoppedBecause);
    }

    [Fact]
    public void A_canceled_experiment_starts_nothing_more_and_ends_with_its_children()
    {
        var run = Decide(SampleExperiments.New(Noon, SampleExperiments.Search)) with { CancelRequestedAt = Noon };

        run = Decide(run);
        Assert.Null(run.EndedAt);
        run = Decide(End(run, RunPhase.Halted));

        Assert.Equal(2, run.Trials.Count());
        Assert.Equal(ExperimentState.Cancelled, run.State);
    }

    [Fact]
    public void A_grid_ends_when_every_combination_was_tried()
    {
        var search = SampleExperiments.Search with { Method = SearchMethodNames.Grid, GridPoints = 3, Steps = 10 };
        var run = Decide(SampleExperiments.New(Noon, search));
        while (run.EndedAt is null)
        {
            run = Decide(End(run, RunPhase.Completed, 1));
        }

        Assert.Equal([0, 0.5, 1], run.Trials.Select(t => t.HyperParameters!["rate"].Number));
        Assert.Equal("Every combination of values was tried.", run.References[0].StoppedBecause);
    }

    [Fact]
    public void Early_stopping_marks_what_is_worse_at_the_same_step()
    {
        var search = SampleExperiments.Search with { Halving = new HalvingSettings(1, 3), Parallelism = 3 };
        var run = Decide(SampleExperiments.New(Noon, search));
        var value = 0.0;
        run = run.ChangeTrials(t => EarlyStopping.Follow(t, search, [new ObjectivePoint(1, value++)]));

        run = Decide(run);

        Assert.Equal([true, true, false], run.Trials.Select(t => t.IsStoppedEarly));
    }

    private static ExperimentRun Decide(ExperimentRun run) => ExperimentDecision.Decide(run, Noon);

    private static ExperimentRun End(ExperimentRun run, RunPhase phase, double? objective = null, Trial? only = null) =>
        run.ChangeTrials(t =>
            t.Phase is null && (only is null || t.RunId == only.RunId)
                ? t with
                {
                    Phase = phase,
                    EndedAt = Noon,
                    Objective = objective,
                }
                : t
        );
}
