using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Tests.Shared;

/// <summary>Training runs as tests need them: complete, and different where the test says so.</summary>
public static class SampleRuns
{
    public static TrainingManifest Manifest { get; } =
        new()
        {
            Name = "digits",
            Description = "Größe: 28×28 \"pixels\"",
            Author = new ManifestAuthor("Jean", "jean@example.com"),
            Framework = new FrameworkReference("tensorflow", "1.10", "3.5"),
            Command = "python3 train.py --data ${DATA_DIR}",
            Compute = ComputeConfigurations.Find(ComputeConfigurations.Default)!,
            TrainingData = new DataStoreReference
            {
                Name = "my data",
                Type = DataStoreType.S3,
                Bucket = "digits-data",
                Endpoint = new Uri("https://s3.example.com"),
                Region = "us-south",
            },
            TrainingResults = new DataStoreReference { Type = DataStoreType.File, Bucket = "digits-results" },
            MaxDuration = TimeSpan.FromMinutes(90),
            Labels = new SortedDictionary<string, string> { ["team"] = "vision" },
            Env = new SortedDictionary<string, string> { ["EPOCHS"] = "3" },
            Dialect = ManifestDialect.C,
        };

    public static TrainingRun New(DateTimeOffset? submittedAt = null, string owner = "jean", RunId? id = null) =>
        new()
        {
            Id = id ?? RunId.New(),
            Owner = Owner.Parse(owner),
            Manifest = Manifest,
            Archive = new ArchiveInfo { Bytes = 1234, Sha256 = new string('a', 64) },
            History =
            [
                new PhaseEntry
                {
                    Phase = RunPhase.Queued,
                    At = submittedAt ?? new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero),
                },
            ],
        };
}
