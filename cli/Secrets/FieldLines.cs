using Trainyard.Cli.Failures;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Cli.Secrets;

/// <summary>Lines <c>FIELD=VALUE</c> on standard input.</summary>
internal static class FieldLines
{
    /// <param name="input">Where the lines are.</param>
    /// <param name="wanted">The fields that must be there and no others; when empty, any.</param>
    /// <param name="values">Gets the values.</param>
    public static void Read(string input, IReadOnlyList<FieldArgument> wanted, Dictionary<string, string> values)
    {
        using var lines = new StringReader(input);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }
            var (name, value) = FieldArgument.Split(line);
            // An invalid line may hold a secret by mistake, so the message gives only its number.
            if (value is null || CredentialFields.Find(name) is null)
            {
                throw Wrong($"Line {number} of standard input is not FIELD=VALUE with a field that a secret has.");
            }
            if (wanted.Count > 0 && wanted.All(f => f.Name != name))
            {
                throw Wrong($"Line {number} of standard input gives '{name}', which the command does not name.");
            }
            if (!values.TryAdd(name, value))
            {
                throw Wrong($"Line {number} of standard input gives '{name}' again.");
            }
        }
        if (wanted.FirstOrDefault(f => !values.ContainsKey(f.Name)) is { } missing)
        {
            throw Wrong($"Standard input has no line '{missing.Name}=VALUE'.");
        }
    }

    private static CliFailure Wrong(string message) => CliFailure.InvalidInput("invalid_secret", message);
}
