using System.CommandLine.Parsing;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Cli.Secrets;

/// <summary>
/// A field of a secret as the command line names it: <c>FIELD</c> (asked for, or on standard input), <c>FIELD=-</c> (all
/// of standard input), <c>FIELD=@env:VARIABLE</c>, or <c>FIELD=VALUE</c> where the value is not confidential.
/// </summary>
internal sealed record FieldArgument(CredentialField Field, FieldSource Source, string Text)
{
    private const string EnvironmentSign = "@env:";

    public string Name => Field.ToWire();

    public static FieldArgument[]? ParseAll(ArgumentResult result)
    {
        var fields = new List<FieldArgument>();
        foreach (var token in result.Tokens)
        {
            var (name, text) = Split(token.Value);
            if (CredentialFields.Find(name) is not { } field)
            {
                result.AddError($"'{name}' is no field of a secret, only {string.Join(", ", Names)}");
            }
            else if (fields.Any(f => f.Field == field))
            {
                result.AddError($"'{name}' is there twice");
            }
            else if (Parse(field, text) is { } argument)
            {
                fields.Add(argument);
            }
            else
            {
                result.AddError(
                    $"a {name} does not belong in a command, where others can read it; write '{name}' to be asked for it, "
                        + $"'{name}=-' for standard input, or '{name}={EnvironmentSign}VARIABLE'"
                );
            }
        }
        return [.. fields];
    }

    private static IEnumerable<string> Names => CredentialFields.Keepable.Select(f => f.ToWire());

    /// <summary>Splits at the first equals sign; without one there is no text.</summary>
    public static (string Name, string? Text) Split(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private static FieldArgument? Parse(CredentialField field, string? text) =>
        text switch
        {
            null => new(field, FieldSource.Asked, ""),
            "-" => new(field, FieldSource.WholeInput, ""),
            _ when text.StartsWith(EnvironmentSign, StringComparison.Ordinal) => new(
                field,
                FieldSource.Variable,
                text[EnvironmentSign.Length..]
            ),
            _ when field.IsConfidential() => null,
            _ => new(field, FieldSource.Given, text),
        };
}

/// <summary>Where a field's value comes from.</summary>
internal enum FieldSource
{
    Asked,
    WholeInput,
    Variable,
    Given,
}
