using Trainyard.Contracts;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Tests.Shared;

/// <summary>Records of experiments' runs for tests.</summary>
public static class SampleExperiments
{
    public static SearchSettings Search { get; } =
        new()
        {
            Method = SearchMethodNames.Random,
            Objective = "accuracy",
            Maximize = true,
            Steps = 6,
            Parallelism = 2,
            Parameters =
            [
                new HyperParameter
                {
                    Name = "rate",
                    Kind = HyperParameterKind.Double,
                    Range = new HyperParameterRange(0, 1),
                },
            ],
        };

    /// <summary>A run of one reference; without a search it is one training run.</summary>
    public static ExperimentRun New(
        DateTimeOffset at,
        SearchSettings? search = null,
        string owner = "jean",
        Guid? experiment = null
    ) =>
        new()
        {
            Id = OwnedRecord.NewId(at),
            Owner = Owner.Parse(owner),
            CreatedAt = at,
            ExperimentId = experiment ?? Guid.NewGuid(),
            Name = "sample",
            References =
            [
                new ReferenceRun
                {
                    Name = "model",
                    Manifest = SampleRuns.Manifest,
                    Archive = new ArchiveInfo { Bytes = 1, Sha256 = new string('0', 64) },
                    DefinitionId = Guid.NewGuid(),
                    Search = search,
                    Seed = 1,
                },
            ],
        };
}
