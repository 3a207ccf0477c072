using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Secrets;

/// <summary>Collects the values of a secret's fields. No message says anything about a value.</summary>
internal sealed class FieldValues(CliEnvironment environment, Terminal terminal)
{
    /// <summary>Every field's value, by the field's name on the wire.</summary>
    public async Task<Dictionary<string, string>> ReadAsync(
        IReadOnlyList<FieldArgument> fields,
        CancellationToken cancellationToken
    )
    {
        var values = fields
            .Where(f => f.Source is FieldSource.Given or FieldSource.Variable)
            .ToDictionary(f => f.Name, ValueOf);
        var open = fields.Where(f => f.Source is FieldSource.Asked or FieldSource.WholeInput).ToList();
        if (environment.InIsTerminal)
        {
            await AskAsync(open, values, cancellationToken);
        }
        else if (open.Any(f => f.Source is FieldSource.WholeInput))
        {
            values[OnlyOne(open).Name] = (await InputText.ReadAsync(environment, cancellationToken)).TrimEnd(
                '\r',
                '\n'
            );
        }
        else if (open.Count > 0 || fields.Count == 0)
        {
            FieldLines.Read(await InputText.ReadAsync(environment, cancellationToken), open, values);
        }
        return values.Count > 0
            ? values
            : throw CliFailure.Usage("Say which fields the secret has, such as access_key_id secret_access_key.");
    }

    private string ValueOf(FieldArgument field) =>
        field.Source is FieldSource.Given
            ? field.Text
            : environment.Text(field.Text)
                ?? throw CliFailure.InvalidInput(
                    "variable_not_set",
                    $"The variable '{field.Text}', which holds the {field.Name}, is not set: set it and try again."
                );

    private async Task AskAsync(
        IEnumerable<FieldArgument> fields,
        Dictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        foreach (var field in fields)
        {
            // The read itself cannot be cancelled, only the wait for it.
            var read = Task.Run(() => environment.ReadHidden(() => Prompt(field)), cancellationToken);
            values[field.Name] = await read.WaitAsync(cancellationToken);
            terminal.ErrorLine();
        }
    }

    private void Prompt(FieldArgument field)
    {
        terminal.Error.Write($"{field.Name}: ");
        terminal.Error.Flush();
    }

    private static FieldArgument OnlyOne(List<FieldArgument> open) =>
        open is [var one]
            ? one
            : throw CliFailure.Usage(
                "Standard input holds the value of one field only: give FIELD=- once, or name the fields and send lines FIELD=VALUE."
            );
}
