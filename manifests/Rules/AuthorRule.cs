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
            var name = Part(context, field);
            context.Draft.Author = name is null ? null : new(name, null);
            return;
        }

        if (context.Open(field) is { } author)
        {
            var name = Part(context, author.Take("name"));
            var email = Part(context, author.Take("email"));
            context.Draft.Author = name is null && email is null ? null : new(name, email);
        }
    }

    // Old samples contain `email: ""`, which means the same as no email.
    private static string? Part(ManifestContext context, Field? field) =>
        context.Text(field, FieldLimits.Author)?.Trim() is { Length: > 0 } text ? text : null;
}
