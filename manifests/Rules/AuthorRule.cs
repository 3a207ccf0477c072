using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>author</c>: a map with name and email, or (dialect A) just the name.</summary>
internal sealed class AuthorRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        var field = context.Definition?.Take("author");
        if (field is null)
        {
            return;
        }

        if (field.Value is YamlScalar)
        {
            var name = context.Words(field, FieldLimits.Author);
            context.Draft.Author = name is null ? null : new(name, null);
            return;
        }

        if (context.Open(field) is { } author)
        {
            var name = context.Words(author.Take("name"), FieldLimits.Author);
            var email = context.Words(author.Take("email"), FieldLimits.Author);
            context.Draft.Author = name is null && email is null ? null : new(name, email);
        }
    }
}
