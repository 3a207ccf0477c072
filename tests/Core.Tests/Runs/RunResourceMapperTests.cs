using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Tests.Runs;

public sealed class RunResourceMapperTests
{
    private static readonly DateTimeOffset Now = Samples.Start.AddMinutes(5);

    [Fact]
    public void A_queued_run_says_why_it_waits()
    {
        var position = new QueuePosition
        {
            Ahead = 3,
            NeededGpus = 4,
            FreeSlots = 2,
            Nodes = 1,
            CpuOnly = false,
        };
        var status = Samples.RunIn(RunPhase.Queued).ToResource(position, Now).Entity.Status;
        Assert.Equal(("QUEUED", RunState.Pending), (status.Phase, status.State));
        Assert.Equal(("queued", "3 ahead, needs 4 GPUs, 2 free"), (status.Reason!.Code, status.Reason.Message));
    }

    [Fact]
    public void What_a_manifest_calls_its_model_is_shown()
    {
        var run = Samples.RunIn(RunPhase.Queued);
        run = run with
        {
            Manifest = run.Manifest with
            {
                Name = "flowers",
                Description = "Tells flowers apart",
                Author = new ManifestAuthor("Jean", "jean@example.com"),
                TrainingData = run.Manifest.TrainingData with { Name = "photos" },
                TrainingResults = run.Manifest.TrainingResults with { Name = "models" },
            },
        };

        var shown = run.ToResource(null, Now).Entity;

        Assert.Equal(
            ("flowers", "Tells flowers apart", new AuthorResource("Jean", "jean@example.com")),
            (shown.ModelDefinition.Name, shown.ModelDefinition.Description, shown.ModelDefinition.Author)
        );
        Assert.Equal(("photos", "models"), (shown.TrainingDataReference.Name, shown.TrainingResultsReference.Name));
    }

    [Fact]
    public void The_disk_that_a_run_asks_for_is_shown_and_what_it_waits_for()
    {
        var run = Samples.RunIn(RunPhase.Queued);
        run = run with { Manifest = run.Manifest with { Compute = run.Manifest.Compute with { DiskBytes = 5 } } };
        var position = new QueuePosition
        {
            Ahead = 0,
            NeededGpus = 1,
            NeededDiskBytes = 5,
            FreeSlots = 1,
            Nodes = 1,
            CpuOnly = false,
        };

        var shown = run.ToResource(position, Now).Entity;

        Assert.Equal(5, shown.ModelDefinition.Execution.ComputeConfiguration.Disk);
        Assert.Equal(5, shown.Status.Queue!.NeededDiskBytes);
        var none = position with { NeededDiskBytes = 0 };
        Assert.Null(run.ToResource(none, Now).Entity.Status.Queue!.NeededDiskBytes);
    }

    [Fact]
    public void What_a_run_goes_without_is_shown()
    {
        var run = Samples.RunIn(RunPhase.Queued) with { Notices = ["The run asked for 1 GPU."] };

        Assert.Equal(["The run asked for 1 GPU."], run.ToResource(null, Now).Entity.Notices);
        Assert.Null((run with { Notices = [] }).ToResource(null, Now).Entity.Notices);
    }

    [Fact]
    public void An_ended_run_says_how_and_when_and_keeps_its_history()
    {
        var run = Samples.RunIn(RunPhase.Processing) with { ExitCode = 3 };
        run = run.MoveTo(RunPhase.Storing, null, Now).MoveTo(RunPhase.Failed, RunReason.CommandFailed(3), Now);

        var status = run.ToResource(null, Now).Entity.Status;

        Assert.Equal((RunState.Error, Now), (status.State, status.FinishedAt!.Value));
        Assert.Equal("command_failed", status.Reason!.Code);
        Assert.Equal($"{run.Id}: 3", status.Message);
        Assert.Equal(["PROCESSING", "STORING", "FAILED"], status.History.Select(h => h.Phase));
    }

    [Fact]
    public void What_all_attempts_used_is_shown_as_far_as_nodes_counted_it()
    {
        var run = Samples.RunIn(RunPhase.Processing) with
        {
            UsageByAttempt = new Dictionary<int, RunUsage>
            {
                [1] = new() { CommandSeconds = 10, CpuSeconds = 3 },
                [2] = new()
                {
                    CommandSeconds = 5,
                    CpuSeconds = 4,
                    PeakMemoryBytes = 700,
                },
            },
        };

        var usage = run.ToResource(null, Now).Entity.Status.Usage!;

        Assert.Equal(
            (15, 7, 700L),
            ((int)usage.CommandSeconds, (int)usage.CpuSeconds!.Value, usage.PeakMemoryBytes!.Value)
        );
        Assert.Null(Samples.RunIn(RunPhase.Processing).ToResource(null, Now).Entity.Status.Usage!.PeakMemoryBytes);
    }

    [Fact]
    public void Labels_are_shown_and_left_out_where_there_are_none()
    {
        var run = Samples.RunIn(RunPhase.Queued);
        Assert.DoesNotContain("labels", JsonSerializer.Serialize(run.ToResource(null, Now), WireJson.Options));
        var labelled = run with
        {
            Manifest = run.Manifest with { Labels = new Dictionary<string, string> { ["team"] = "vision" } },
        };
        Assert.Contains(
            "\"labels\":{\"team\":\"vision\"}",
            JsonSerializer.Serialize(labelled.ToResource(null, Now), WireJson.Options),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Times_are_written_as_the_2018_service_wrote_them() =>
        Assert.Contains(
            "\"submitted_at\":\"2026-11-21T10:00:00.000Z\"",
            JsonSerializer.Serialize(Samples.RunIn(RunPhase.Queued).ToResource(null, Now), WireJson.Options),
            StringComparison.Ordinal
        );
}
