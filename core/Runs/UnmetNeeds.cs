using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Runs;

/// <summary>Problems of a submission that the only machine can never run, with the ways out.</summary>
internal static class UnmetNeeds
{
    public static IReadOnlyList<ProblemItem> Problems(
        PoolNode node,
        RunNeeds needs,
        TrainingManifest manifest,
        ManifestKeys keys,
        FrameworkCatalog frameworks
    ) =>
        [
            .. NodeMatch
                .Lacks(node.Provides, needs)
                .Select(lack =>
                {
                    var (path, line, column) = NeedPlaces.Of(lack, manifest, keys);
                    return Problem(lack, node.Facts!, frameworks) with { Path = path, Line = line, Column = column };
                }),
        ];

    private static ProblemItem Problem(Lack lack, NodeCapabilities facts, FrameworkCatalog frameworks) =>
        new()
        {
            Code = CodeOf(lack),
            Message =
                $"The run needs {lack.Needs}; this service has one machine, with {lack.Has}. {WayOut(lack, facts)}",
            Source = SubmissionProblems.ManifestSource,
            Allowed = lack.Key is "framework" ? InstalledFrameworks.Of(facts, frameworks) : null,
        };

    private static string CodeOf(Lack lack) =>
        lack.Key switch
        {
            "framework" => "framework_not_installed",
            "image" => "containers_not_offered",
            "requires" => "label_not_available",
            _ => "compute_not_available",
        };

    private static string WayOut(Lack lack, NodeCapabilities facts) =>
        lack.Key switch
        {
            "framework" when facts.Containers is null =>
                "It runs no containers either. Install the framework there, or use `framework: {name: python}` and bring along what the program needs.",
            "framework" =>
                "Install the framework there, or use `framework: {name: python}` and bring along what the program needs.",
            "image" => "Install podman or docker there, or name a framework instead of an image.",
            "requires" =>
                "Require another label, give the machine this one (Agent__Labels), or attach a node that has it.",
            _ => "Ask for less, or attach a node that has it.",
        };
}
