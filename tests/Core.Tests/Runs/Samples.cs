using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Tests.Runs;

internal static class Samples
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static TrainingManifest Manifest { get; } =
        new()
        {
            Name = "digits",
            Framework = new FrameworkReference("python", "3"),
            Command = "python3 train.py",
            Compute = ComputeConfigurations.Find("small")!,
            TrainingData = new DataStoreReference { Type = DataStoreType.File, Bucket = "data" },
            TrainingResults = new DataStoreReference { Type = DataStoreType.File, Bucket = "results" },
        };

    /// <summary>A run that was put into a phase, whether or not the table leads there.</summary>
    public static TrainingRun RunIn(RunPhase phase) =>
        new()
        {
            Id = RunId.New(),
            Owner = Owner.Parse("ada"),
            Manifest = Manifest,
            Archive = new ArchiveInfo { Bytes = 1, Sha256 = "00" },
            History = [new PhaseEntry { Phase = phase, At = Start }],
        };
}
