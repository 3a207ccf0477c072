using Trainyard.Cli.Failures;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>Runs as the service shows them, with the facts of the documented samples.</summary>
internal static class DocumentedRuns
{
    public const string Id = "training-DOl4q2LkR";

    public static readonly DateTimeOffset Submitted = new(2017, 10, 26, 11, 16, 51, TimeSpan.Zero);

    public static RunResource Pending(string id = Id, string name = "tf-mnist") =>
        Run(id, name, Status(RunState.Pending, "QUEUED"));

    public static RunResource Completed(string id = Id, string name = "tf-mnist") =>
        Run(
            id,
            name,
            Status(RunState.Completed, "COMPLETED") with
            {
                RunningAt = Submitted.AddSeconds(2),
                FinishedAt = Submitted.AddMinutes(3),
                Reason = new ReasonResource("succeeded", "", Fault.None),
                Results = new ResultsResource(4, 1_234_567),
                Usage = new UsageResource(180, 172.5),
                Node = "node-1",
                Attempt = 1,
                ExitCode = 0,
            }
        );

    public static RunResource Failed(string id = Id, string name = "tf-mnist") =>
        Run(
            id,
            name,
            Status(RunState.Error, "FAILED") with
            {
                RunningAt = Submitted.AddSeconds(2),
                FinishedAt = Submitted.AddSeconds(9),
                Reason = new ReasonResource("command_failed", "exit 3", Fault.User),
                ExitCode = 3,
                Attempt = 2,
            }
        );

    public static RunStatusResource Status(RunState state, string phase) =>
        new()
        {
            State = state,
            Phase = phase,
            SubmittedAt = Submitted,
            CurrentAt = Submitted.AddMinutes(5),
            Message = $"{Id}: ",
            History = [new PhaseResource("QUEUED", Submitted, null)],
        };

    public static RunResource Run(string id, string name, RunStatusResource status) =>
        new()
        {
            Metadata = new ResourceMetadata
            {
                Guid = id,
                Url = $"/v3/models/{id}",
                CreatedAt = Submitted,
                ModifiedAt = Submitted,
            },
            Entity = new RunEntity
            {
                ModelDefinition = new ModelDefinitionResource
                {
                    Name = name,
                    Framework = new FrameworkResource("tensorflow", "1.2"),
                    Execution = new ExecutionResource
                    {
                        Command = "python3 convolutional_network.py --trainingIters 20000",
                        ComputeConfiguration = new ComputeResource
                        {
                            Name = "small",
                            Gpus = 1,
                            Cpus = 6,
                            Memory = 12_000_000_000,
                            Nodes = 1,
                        },
                    },
                },
                TrainingDataReference = Store("mnist-training-data", null),
                TrainingResultsReference = Store("mnist-training-models", id),
                Status = status,
            },
        };

    private static StoreResource Store(string bucket, string? folder) =>
        new()
        {
            Type = "s3",
            Location = new StoreLocation { Bucket = bucket, ModelLocation = folder },
        };
}
