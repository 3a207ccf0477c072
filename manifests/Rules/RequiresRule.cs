using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>requires</c>: labels that a node must have.</summary>
internal sealed class RequiresRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        var labels = context.TextMap(context.Root.Take("requires"), NodeLabels.Most, FieldLimits.LabelValue);
        foreach (var (field, value) in labels)
        {
            if (!NodeLabels.IsName(field.Key))
            {
                context.BadKey(field, ManifestCodes.NotAName, "is not a label's name", NodeLabels.NameRule);
            }
            else if (!NodeLabels.IsValue(value))
            {
                context.Bad<string>(
                    field,
                    ManifestCodes.NotAllowed,
                    "is not the value of a node's label",
                    NodeLabels.ValueRule
                );
            }
            else
            {
                context.Draft.Requires[field.Key] = value;
            }
        }
    }
}
