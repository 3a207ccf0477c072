using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Secrets;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml store results ID [FIELD...]</c></summary>
internal static class StoreResultsCommand
{
    public static Command Create(Binding binding)
    {
        var id = Arguments.Id();
        var fields = Arguments.Fields();
        var secret = Arguments.NamedSecret();
        var command = new Command(
            "results",
            "Store what an ended run left and its bucket did not take, with other credentials."
        )
        {
            id,
            fields,
            secret,
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(
                    session,
                    parsed.GetRequiredValue(id),
                    parsed.GetValue(fields) ?? [],
                    parsed.GetValue(secret),
                    token
                )
        );
        return command;
    }

    private static async Task RunAsync(
        Session session,
        RunId id,
        FieldArgument[] fields,
        string? secret,
        CancellationToken cancellationToken
    )
    {
        if (secret is not null && fields.Length > 0)
        {
            throw CliFailure.Usage("Give fields or --secret, not both.");
        }

        var values = await ValuesAsync(session, fields, secret, cancellationToken);
        session.Say($"Storing the results of the training run '{id}' ...");
        var run = await session.Service.StoreResultsAsync(id, values, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(run.Json);
        }

        session.SayOk("Store results started");
        session.Say($"'bx ml monitor training-runs {id}' follows it.");
    }

    // May return no values: the bucket needs none, or the user only retries because it now exists or has room.
    private static async Task<Dictionary<string, string>> ValuesAsync(
        Session session,
        FieldArgument[] fields,
        string? secret,
        CancellationToken cancellationToken
    ) =>
        secret is not null ? new() { ["secret"] = secret }
        : fields.Length == 0 ? []
        : await new FieldValues(session.CliEnvironment, session.Terminal).ReadAsync(fields, cancellationToken);
}
