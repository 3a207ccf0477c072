using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>name</c>: required, one line.</summary>
internal sealed class NameRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.Definition is not { } definition)
        {
            return;
        }

        var field = definition.Take("name");
        if (field is null)
        {
            definition.Missing("name", "it is what lists show the run as");
            return;
        }

        var name = context.Words(field, FieldLimits.Name);
        context.Draft.Name =
            name?.Any(char.IsControl) == true
                ? context.Bad<string>(field, ManifestCodes.NotAllowed, "has line breaks", "one line")
                : name;
    }
}

/// <summary><c>description</c>: optional free text.</summary>
internal sealed class DescriptionRule : IManifestRule
{
    public void Apply(ManifestContext context) =>
        context.Draft.Description = context
            .Text(context.Definition?.Take("description"), FieldLimits.Description)
            ?.Trim();
}
