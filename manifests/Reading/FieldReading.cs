using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Reading;

/// <summary>Reads one field as a text, a number, a choice, ... or reports why it is none. Null where it is not.</summary>
internal static class FieldReading
{
    public static string? Text(this ManifestContext context, Field? field, int longest)
    {
        if (field is null)
        {
            return null;
        }

        if (field.Value is not YamlScalar scalar)
        {
            context.WrongShape(field.Value, field.Path, "a text");
            return null;
        }

        if (scalar.Text.Length > longest)
        {
            return context.Bad<string>(field, ManifestCodes.TooLong, "is too long", $"at most {longest} characters");
        }

        if (scalar.Text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            return context.Bad<string>(
                field,
                ManifestCodes.ControlCharacter,
                "holds a control character",
                "printable text"
            );
        }

        if (scalar.Text.Contains(EnvReference.Sign) && field.Key != "command")
        {
            return context.Bad<string>(
                field,
                ManifestCodes.EnvReference,
                "holds an ${env:…} reference, which may stand only in a connection or a signing key",
                "text without ${env:…}"
            );
        }

        return scalar.Text;
    }

    /// <summary>A text that is not blank, without spaces around it.</summary>
    public static string? Words(this ManifestContext context, Field? field, int longest)
    {
        var text = context.Text(field, longest)?.Trim();
        return text is "" ? context.Bad<string>(field!, ManifestCodes.Required, "is empty", "a text") : text;
    }

    /// <summary>One of a few words.</summary>
    public static string? Choice(this ManifestContext context, Field? field, IReadOnlyList<string> choices)
    {
        var text = context.Words(field, 256);
        if (text is null || choices.Contains(text))
        {
            return text;
        }

        context.Problems.Error(
            ManifestCodes.NotAllowed,
            $"{Quote.Key(text)} is not allowed for {Quote.Key(field!.Path)}.",
            field.Path,
            field.Mark,
            string.Join(", ", choices),
            Nearest.To(text, choices)
        );
        return null;
    }

    /// <summary>A name of letters, digits, dots, dashes and underscores.</summary>
    public static string? Identifier(this ManifestContext context, Field? field, int longest)
    {
        var text = context.Words(field, longest);
        return text is null || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? text
            : context.Bad<string>(field!, ManifestCodes.NotAName, "is not a name", "letters, digits, `.`, `-` and `_`");
    }

    /// <summary>A map whose keys are the user's own and whose values are texts.</summary>
    public static IReadOnlyList<(Field Field, string Value)> TextMap(
        this ManifestContext context,
        Field? field,
        int most,
        int longest
    )
    {
        if (field is null || context.Open(field) is not { } section)
        {
            return [];
        }

        var fields = section.TakeAll();
        if (fields.Count > most)
        {
            context.Bad<string>(field, ManifestCodes.TooMany, $"has {fields.Count} entries", $"at most {most}");
            return [];
        }

        return
        [
            .. fields
                .Select(f => (Field: f, Value: context.TextValue(f, longest)))
                .Where(f => f.Value is not null)
                .Select(f => (f.Field, f.Value!)),
        ];
    }

    /// <summary>A text of the user's own, which may be empty but must be there.</summary>
    public static string? TextValue(this ManifestContext context, Field field, int longest) =>
        field.Value is YamlScalar { IsNull: true }
            ? context.Bad<string>(field, ManifestCodes.Required, "has no value", "a text; an empty one is written \"\"")
            : context.Text(field, longest);

    /// <summary>Reports a key that is the user's own.</summary>
    public static void BadKey(this ManifestContext context, Field field, string code, string what, string? allowed) =>
        context.Problems.Error(code, $"{Quote.Key(field.Path)} {what}.", field.Path, field.KeyMark, allowed);

    /// <summary>Reports the field and gives null, so that a reader can return it in one go.</summary>
    public static T? Bad<T>(
        this ManifestContext context,
        Field field,
        string code,
        string what,
        string? allowed = null,
        string? suggestion = null
    )
        where T : class
    {
        context.Problems.Error(code, $"{Quote.Key(field.Path)} {what}.", field.Path, field.Mark, allowed, suggestion);
        return null;
    }
}
