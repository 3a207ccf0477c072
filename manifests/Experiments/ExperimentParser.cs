using Trainyard.Manifests.Experiments.Reading;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Rules;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments;

/// <summary>The text of an experiment (YAML, or JSON, which is YAML) to its model, its secrets apart. Throws for no input.</summary>
public static class ExperimentParser
{
    /// <summary>The manifest of a training run where an experiment is wanted.</summary>
    public const string NotAnExperiment = "not_an_experiment";

    private static readonly IManifestRule[] Stores =
    [
        new TrainingDataRule(),
        new TrainingResultsRule(),
        new SameBucketRule(),
        new UnknownKeysRule(),
        new MissingKeysRule(),
    ];

    /// <summary>Whether this is the text of an experiment rather than of a training run.</summary>
    public static bool IsMeantBy(ReadOnlySpan<byte> utf8, ManifestLimits? limits = null) =>
        ExperimentText.Read(utf8, limits ?? ManifestLimits.Default, new ProblemList(1)) is YamlMap root
        && root.Entries.Any(e => e.Key.Text == "training_references");

    public static ExperimentParseResult Parse(
        ReadOnlySpan<byte> utf8,
        ManifestLimits? limits = null,
        ManifestParseMode mode = ManifestParseMode.Submit
    )
    {
        limits ??= ManifestLimits.Default;
        var problems = new ProblemList(limits.MaxProblems);
        return ExperimentText.Read(utf8, limits, problems) switch
        {
            YamlMap map => Parse(map, mode, problems),
            { } other => NoMap(other, problems),
            null => Result(problems, null, null),
        };
    }

    private static ExperimentParseResult Parse(YamlMap map, ManifestParseMode mode, ProblemList problems)
    {
        var context = new ManifestContext(map, FrameworkCatalog.Default, mode, problems)
        {
            PlaceOf = ExperimentKeyPlaces.Of,
        };
        if (context.Root.Has("model_definition"))
        {
            problems.Error(
                NotAnExperiment,
                "This file is the manifest of a training run, not an experiment: send it with `bx ml train`.",
                "",
                context.Root.Mark,
                "keys such as training_references"
            );
            return Result(problems, null, null);
        }

        var draft = ExperimentReading.Read(context);
        foreach (var rule in Stores)
        {
            rule.Apply(context);
        }

        return Result(problems, context, draft);
    }

    private static ExperimentParseResult NoMap(YamlNode root, ProblemList problems)
    {
        var (code, message) = root is YamlScalar { IsNull: true }
            ? (ManifestCodes.Empty, "The experiment is empty.")
            : (ManifestCodes.WrongShape, "An experiment is a map of keys and values.");
        problems.Error(code, message, "", root.Start, "keys such as training_references");
        return Result(problems, null, null);
    }

    private static ExperimentParseResult Result(ProblemList problems, ManifestContext? context, ExperimentDraft? draft)
    {
        var isValid = context is not null && draft is not null && !problems.HasErrors;
        return new()
        {
            Manifest = isValid ? draft!.ToManifest(context!.Draft) : null,
            Secrets = isValid
                ? new RunSecrets
                {
                    Data = context!.Draft.Data!.Credentials,
                    Results = context.Draft.Results!.Credentials,
                }
                : null,
            DataSecret = SecretReference.Of(context?.Draft.Data),
            ResultsSecret = SecretReference.Of(context?.Draft.Results),
            Errors = problems.Errors(),
            Warnings = problems.Warnings(),
        };
    }
}
