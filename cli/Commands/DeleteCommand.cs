using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml delete training-runs ID</c>, and below it <c>bx ml delete secrets NAME</c> and <c>bx ml delete keys ID</c></summary>
internal static class DeleteCommand
{
    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var command = new Command("delete", "Forget a training run; what is in your bucket stays there.")
        {
            kind,
            id,
            DeleteSecretCommand.Create(binding),
            DeleteKeyCommand.Create(binding),
            DeleteExperimentCommands.Definitions(binding),
            DeleteExperimentCommands.Experiments(binding),
            DeleteExperimentCommands.Runs(binding),
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(session, parsed.GetRequiredValue(kind), parsed.GetRequiredValue(id), token)
        );
        return command;
    }

    private static async Task RunAsync(Session session, RunWords words, RunId id, CancellationToken cancellationToken)
    {
        session.Say($"Deleting the {words.One} '{id}' ...");
        await session.Service.DeleteAsync(id, cancellationToken);
        session.SayOk($"Delete {words.Kind} successful");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("guid", id.ToString());
                json.WriteBoolean("deleted", true);
                json.WriteEndObject();
            });
        }
    }
}
