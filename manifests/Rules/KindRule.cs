using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>Tells the other kinds of files that the old service took from a training run's manifest.</summary>
internal static class KindRule
{
    private const string Instead =
        "a training run's manifest: model_definition, training_data_reference, training_results_reference "
        + "(`bx ml generate-manifest training-runs` writes one)";

    /// <summary>Whether it is another kind, which is then the one problem there is to tell.</summary>
    public static bool Refuses(ManifestContext context)
    {
        var root = context.Root;
        if (root.Has("model_definition") || root.Has("data_stores"))
        {
            return false;
        }

        if (root.Has("training_references"))
        {
            return Refuse(
                context,
                "an experiment",
                "Store it with `bx ml store experiments`, and start it with `bx ml experiments run`"
            );
        }

        // FfDL has the command in `framework`, and data stores beside it.
        if (
            root.Has("framework")
            && (root.Has("execution") || root.Open("framework")?.Has("command") == false && !HasNumbers(root))
        )
        {
            return Refuse(
                context,
                "a training definition",
                "Store it with `bx ml store training-definitions`, or put it under `model_definition` and say beside it where the data is and where the results go"
            );
        }

        return false;
    }

    private static bool HasNumbers(Section root) =>
        root.Has("gpus") || root.Has("cpus") || root.Has("memory") || root.Has("learners");

    private static bool Refuse(ManifestContext context, string kind, string advice)
    {
        context.Problems.Error(
            ManifestCodes.NotATrainingRun,
            $"This file is {kind}, not the manifest of a training run. {advice}.",
            "",
            context.Root.Mark,
            Instead
        );
        return true;
    }
}
