using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Tests;

public sealed class ShowTests
{
    private const string Run = $"GET /v3/models/{DocumentedRuns.Id}";

    [Fact]
    public async Task A_run_starts_with_the_lines_of_the_sample_and_goes_on_with_what_else_is_known()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Completed());

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Equal(
            """
            Fetching the training runs details with MODEL-ID 'training-DOl4q2LkR' ...
            ModelId        training-DOl4q2LkR
            url            /v3/models/training-DOl4q2LkR
            Name           tf-mnist
            State          completed
            Submitted_at   2017-10-26T11:16:51Z
            Started_at     2017-10-26T11:16:53Z
            Finished_at    2017-10-26T11:19:51Z
            Phase          COMPLETED
            Node           node-1
            Usage          command 0:02:52 h, GPU time 0:03:00 h
            Framework      tensorflow 1.2
            Command        python3 convolutional_network.py --trainingIters 20000
            Compute        small (1 GPU, 6 CPUs, 12.0 GB memory)
            Data           mnist-training-data (s3)
            Results        mnist-training-models/training-DOl4q2LkR (s3), 4 files, 1.2 MB
            OK
            Show training-runs details successful

            """,
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task The_disk_that_a_run_asked_for_is_printed()
    {
        await using var service = await FakeService.StartAsync();
        var run = DocumentedRuns.Completed();
        var definition = run.Entity.ModelDefinition;
        var compute = definition.Execution.ComputeConfiguration with { Disk = 200_000_000_000, Nodes = 2 };
        service.Answer(
            Run,
            run with
            {
                Entity = run.Entity with
                {
                    ModelDefinition = definition with
                    {
                        Execution = definition.Execution with { ComputeConfiguration = compute },
                    },
                },
            }
        );

        var shown = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nCompute        small (1 GPU, 6 CPUs, 12.0 GB memory, 200 GB disk, 2 nodes)\n", shown.Out);
    }

    [Fact]
    public async Task What_a_node_counted_of_memory_and_processor_time_is_printed()
    {
        await using var service = await FakeService.StartAsync();
        var status = DocumentedRuns.Status(RunState.Completed, "COMPLETED") with
        {
            Usage = new UsageResource(0, 61) { CpuSeconds = 3725, PeakMemoryBytes = 1_234_567_890 },
        };
        service.Answer(Run, DocumentedRuns.Run(DocumentedRuns.Id, "tf-mnist", status));

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains(
            "\nUsage          command 0:01:01 h, GPU time 0.0 s, CPU time 1:02:05 h, at most 1.2 GB of memory\n",
            run.Out
        );
    }

    [Fact]
    public async Task How_far_a_run_is_and_the_most_that_it_used_are_printed()
    {
        await using var service = await FakeService.StartAsync();
        var run = DocumentedRuns.Completed();
        var status = run.Entity.Status with
        {
            Progress = new ProgressResource
            {
                Step = 3,
                Steps = 12,
                Percent = 25,
                SecondsLeft = 90,
                UpdatedAt = DocumentedRuns.Submitted,
            },
            Usage = new UsageResource(180, 172.5)
            {
                Peaks = new MachinePeaks
                {
                    CpuPercent = 350.4,
                    MemoryBytes = 2_000_000_000,
                    GpuPercent = 99,
                    GpuMemoryBytes = 15_000_000_000,
                    GpuWatts = 250.4,
                    GpuCelsius = 71,
                    GpuErrors = 2,
                },
            },
        };
        service.Answer(Run, run with { Entity = run.Entity with { Status = status } });

        var shown = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nProgress       25%, step 3 of 12, 0:01:30 h left\n", shown.Out);
        Assert.Contains(
            "\nPeaks          CPU 350%, memory 2.0 GB, GPU 99%, GPU memory 15.0 GB, 250 W, 71 °C, 2 GPU memory errors\n",
            shown.Out
        );
    }

    [Fact]
    public async Task The_image_that_a_command_ran_in_is_printed()
    {
        await using var service = await FakeService.StartAsync();
        var status = DocumentedRuns.Status(RunState.Completed, "COMPLETED") with { ImageDigest = "sha256:0a1b" };
        service.Answer(Run, DocumentedRuns.Run(DocumentedRuns.Id, "tf-mnist", status));

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nImage          sha256:0a1b\n", run.Out);
    }

    [Fact]
    public async Task The_2017_name_has_the_2017_words()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Pending());

        var run = await BxRun.OfAsync(service, "ml", "show", "trained-models", DocumentedRuns.Id);

        Assert.StartsWith(
            "Fetching the trained model details with MODEL-ID 'training-DOl4q2LkR' ...\nModelId        training-DOl4q2LkR\n",
            run.Out
        );
        Assert.EndsWith("\nOK\nShow trained-models details successful\n", run.Out);
    }

    [Fact]
    public async Task A_waiting_run_says_what_it_waits_for()
    {
        await using var service = await FakeService.StartAsync();
        var waiting = DocumentedRuns.Status(RunState.Pending, "QUEUED") with
        {
            Reason = new ReasonResource("queued", "3 ahead, needs 4 GPUs, 2 free", Fault.Capacity),
            Queue = new QueueResource
            {
                Ahead = 3,
                NeededGpus = 4,
                FreeSlots = 2,
            },
        };
        service.Answer(Run, DocumentedRuns.Run(DocumentedRuns.Id, "tf-mnist", waiting));

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nReason         queued: 3 ahead, needs 4 GPUs, 2 free\n", run.Out);
        Assert.DoesNotContain("\nQueue ", run.Out);
        Assert.Contains("\nPlace          3 ahead\nStarts         unknown\n", run.Out);
    }

    [Theory]
    [InlineData("promise", "by 2026-11-27T15:00:00Z at the latest")]
    [InlineData("max_duration", "about 2026-11-27T15:00:00Z, if all runs take their time")]
    [InlineData("history", "about 2026-11-27T15:00:00Z, if runs take as long as like ones did (an estimate)")]
    [InlineData("retry_delay", "not before 2026-11-27T15:00:00Z")]
    [InlineData("preemption", "about 2026-11-27T15:00:00Z, when the run that gives way to it has stopped")]
    public async Task A_waiting_run_says_when_it_begins_and_how_sure_that_is(string basis, string starts)
    {
        await using var service = await FakeService.StartAsync();
        var waiting = DocumentedRuns.Status(RunState.Pending, "QUEUED") with
        {
            Reason = new ReasonResource("queued", "1 ahead, needs 1 GPU, 0 free", Fault.Capacity),
            Preemptions = 2,
            Queue = new QueueResource
            {
                Ahead = 1,
                NeededGpus = 1,
                FreeSlots = 0,
                Pool = "lab",
                StartsAt = new DateTimeOffset(2026, 11, 27, 15, 0, 0, TimeSpan.Zero),
                StartBasis = basis,
                StartIsPromised = basis == "promise",
                Share = new ShareResource(12.345, 0.4, 0.25),
            },
        };
        service.Answer(Run, DocumentedRuns.Run(DocumentedRuns.Id, "tf-mnist", waiting));

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains($"\nPlace          1 ahead in the pool 'lab'\nStarts         {starts}\n", run.Out);
        Assert.Contains("\nShare          12.35 GPU hours used lately, 40% of all; 25% are due\n", run.Out);
        Assert.Contains("\nPreemptible    yes, gave way 2 times so far\n", run.Out);
    }

    [Fact]
    public async Task A_failed_run_says_what_to_try_and_how_its_log_ends()
    {
        await using var service = await FakeService.StartAsync();
        var failed = DocumentedRuns.Failed();
        var failure = new FailureResource
        {
            Summary = "The command ended with an error.",
            Advice = ["Do this.", "Then that."],
            LogTail = ["Traceback", "Error:\u001b[31m no"],
            PeakMemoryBytes = 2_000_000_000,
        };
        var status = failed.Entity.Status with { Failure = failure };
        service.Answer(Run, failed with { Entity = failed.Entity with { Status = status } });

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nWhy            The command ended with an error.\n", run.Out);
        Assert.Contains("\nPeak_memory    2.0 GB\n", run.Out);
        Assert.Contains("\nTry            Do this.\nTry            Then that.\n", run.Out);
        Assert.Contains("\nLog            Traceback\nLog            Error:\ufffd[31m no\n", run.Out);
    }

    [Fact]
    public async Task A_failed_run_says_why()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Run, DocumentedRuns.Failed());

        var run = await BxRun.OfAsync(service, "ml", "show", "training-runs", DocumentedRuns.Id);

        Assert.Contains("\nPhase          FAILED\nReason         command_failed: exit 3\nAttempt        2\n", run.Out);
        Assert.Equal(0, run.ExitCode);
    }
}
