using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>
/// What is understood and no part of the service does. Here they are warnings, as a manifest may be looked at
/// anywhere; the service refuses those of <see cref="NotOffered.RefusedCodes"/> unless its operator relaxed it.
/// </summary>
internal sealed class NotOfferedRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.Draft.Compute is { Nodes: > 1 } compute)
        {
            Warn(
                context,
                ManifestCodes.NodesNotOffered,
                $"asks for {compute.Nodes} nodes; a run gets one node here",
                "1",
                context.IsFfdl ? context.Root.Take("learners") : ComputeField(context, "nodes")
            );
        }
    }

    private static Field? ComputePlace(ManifestContext context) =>
        context.Execution?.Take("compute_configuration")
        ?? context.Definition?.Take("compute_configuration")
        ?? context.Execution?.Take("resource")
        ?? context.Execution?.Take("resourceType");

    private static Field? ComputeField(ManifestContext context, string key) =>
        ComputePlace(context) is { Value: YamlMap } place ? context.Open(place)?.Take(key) : null;

    private static void Warn(ManifestContext context, string code, string what, string? allowed, Field? field)
    {
        if (field is not null)
        {
            context.Problems.Warn(code, $"{Quote.Key(field.Path)} {what}.", field.Path, field.Mark, allowed);
        }
    }
}
