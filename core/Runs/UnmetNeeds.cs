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
    private const string NodesNotOffered = "nodes_not_offered";

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
                .Where(lack => lack.Key != "disk" || node.Facts is { DiskBytes: not null })
                .Select(lack =>
                {
                    var (path, line, column) = NeedPlaces.Of(lack, manifest, keys);
                    return Problem(lack, node.Facts!, frameworks) with { Path = path, Line = line, Column = column };
                }),
        ];

    /// <summary>The problem of a run that takes several nodes at once.</summary>
    public static IReadOnlyList<ProblemItem> SeveralNodes(TrainingManifest manifest, ManifestKeys keys)
    {
        var nodes = manifest.Compute.Nodes;
        var (path, line, column) = NeedPlaces.Of(new Lack("nodes", $"{nodes} nodes", "1 node"), manifest, keys);
        return
        [
            new ProblemItem
            {
                Code = NodesNotOffered,
                Message =
                    $"`{path}` asks for {nodes} nodes at once; this service has one machine. Ask for one node, or attach another machine.",
                Source = SubmissionProblems.ManifestSource,
                Path = path,
                Line = line,
                Column = column,
                Allowed = "1",
            },
        ];
    }

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
            "nodes" => NodesNotOffered,
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
