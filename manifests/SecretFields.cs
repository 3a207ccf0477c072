using Trainyard.Contracts;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests;

/// <summary>Reads what a client sends to be kept under a name. No message says anything about a value.</summary>
public static class SecretFields
{
    private const string Source = "secret";

    private static readonly string[] Names = [.. CredentialFields.Keepable.Select(f => f.ToWire())];

    /// <summary>The credentials, or everything that is wrong with the fields.</summary>
    public static SecretFieldsResult Read(IReadOnlyDictionary<string, string?> sent)
    {
        var problems = sent.Select(f => Objection(f.Key, Clean(f.Value))).OfType<ProblemItem>().ToList();
        if (sent.Count == 0)
        {
            problems.Add(Problem(ManifestCodes.Required, "The secret has no field.", null) with { Allowed = AllNames });
        }
        if (problems.Count > 0)
        {
            return new(null, problems);
        }
        var values = sent.Select(f =>
            KeyValuePair.Create(CredentialFields.Find(f.Key)!.Value, new Secret(Clean(f.Value)))
        );
        return new(StoreCredentials.Of(values), []);
    }

    private static string AllNames => string.Join(", ", Names);

    // A value from a file often ends with a line break.
    private static string Clean(string? value) => value?.TrimEnd('\r', '\n') ?? "";

    private static ProblemItem? Objection(string name, string value)
    {
        if (CredentialFields.Find(name) is null)
        {
            return Problem(ManifestCodes.UnknownKey, "A secret has no such field.", name) with
            {
                Allowed = AllNames,
                Suggestion = Nearest.To(name, Names),
            };
        }
        return value switch
        {
            "" => Problem(ManifestCodes.Required, $"`{name}` is empty.", name),
            { Length: > FieldLimits.Connection } => Problem(ManifestCodes.TooLong, $"`{name}` is too long.", name) with
            {
                Allowed = $"at most {FieldLimits.Connection} characters",
            },
            _ when value.Any(char.IsControl) => Problem(
                ManifestCodes.ControlCharacter,
                $"`{name}` holds a control character.",
                name
            ) with
            {
                Allowed = "one line of printable text",
            },
            _ when Placeholders.IsPlaceholder(value) || value.Contains(EnvReference.Sign) => Problem(
                ManifestCodes.Placeholder,
                $"`{name}` is still a placeholder; send the value itself.",
                name
            ),
            _ => null,
        };
    }

    private static ProblemItem Problem(string code, string message, string? path) =>
        new()
        {
            Code = code,
            Message = message,
            Source = Source,
            Path = path,
        };
}

/// <summary>The credentials, or everything that is wrong.</summary>
public sealed record SecretFieldsResult(StoreCredentials? Credentials, IReadOnlyList<ProblemItem> Problems);
