using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Secrets;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml secrets add NAME FIELD...</c></summary>
internal static class SecretsCommand
{
    public static Command Create(Binding binding)
    {
        var name = Arguments.Secret();
        var fields = Arguments.Fields();
        var add = new Command("add", "Keep credentials under a name, in place of what it held.") { name, fields };
        binding.Bind(
            add,
            (session, parsed, token) =>
                AddAsync(session, parsed.GetRequiredValue(name), parsed.GetValue(fields) ?? [], token)
        );
        return new Command("secrets", "Credentials that the service keeps, for 'secret: NAME' in manifests.") { add };
    }

    private static async Task AddAsync(
        Session session,
        SecretName name,
        FieldArgument[] fields,
        CancellationToken cancellationToken
    )
    {
        var values = await new FieldValues(session.CliEnvironment, session.Terminal).ReadAsync(
            fields,
            cancellationToken
        );
        session.Say($"Keeping the secret '{name}' ...");
        try
        {
            await session.Service.KeepSecretAsync(name, values, cancellationToken);
        }
        catch (CliFailure refusal) when (refusal.Problem?.Errors is { Count: > 0 } errors)
        {
            throw new CliFailure(refusal.ExitCode, refusal.Code, refusal.Message)
            {
                Problem = refusal.Problem,
                Details = [.. errors.Select(e => $"{e.Path}: {e.Message}")],
            };
        }
        session.SayOk($"Secret '{name}' holds {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name.ToString());
                json.WriteStartArray("fields");
                foreach (var field in values.Keys.Order(StringComparer.Ordinal))
                {
                    json.WriteStringValue(field);
                }
                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
    }
}
