using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>Takes one credential out of the tree. No message says anything about its value.</summary>
internal static class SecretReading
{
    public static Secret? Read(ManifestContext context, Field field)
    {
        if (field.Value is not YamlScalar scalar)
        {
            context.WrongShape(field.Value, field.Path, "a text");
            return null;
        }

        var value = scalar.Text.TrimEnd('\n', '\r');
        if (value.Length > FieldLimits.Connection)
        {
            return context.Bad<Secret>(
                field,
                ManifestCodes.TooLong,
                "is too long",
                $"at most {FieldLimits.Connection} characters"
            );
        }

        if (value.Any(char.IsControl))
        {
            return context.Bad<Secret>(
                field,
                ManifestCodes.ControlCharacter,
                "holds a control character",
                "one line of printable text"
            );
        }

        return value switch
        {
            "" => context.Bad<Secret>(field, ManifestCodes.Required, "is empty", "a credential"),
            _ when Placeholders.IsPlaceholder(value) => Placeholders.Report<Secret>(context, field),
            _ when value.Contains(EnvReference.Sign) => Reference(context, field, value),
            _ => new Secret(value),
        };
    }

    private static Secret? Reference(ManifestContext context, Field field, string value)
    {
        if (context.Mode == ManifestParseMode.Offline && EnvReference.Pattern().IsMatch(value))
        {
            return new Secret(value);
        }

        return context.Bad<Secret>(
            field,
            ManifestCodes.EnvReference,
            "still holds an ${env:…} reference, which `bx` replaces when it sends a manifest and that variable is set",
            "the credential, or ${env:NAME} in a manifest sent with `bx`"
        );
    }
}
