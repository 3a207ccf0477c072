using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml cancel training-runs ID</c></summary>
internal static class CancelCommand
{
    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var command = new Command("cancel", "Cancel a training run; its logs and partial results are kept.")
        {
            kind,
            id,
            DeleteExperimentCommands.Cancel(binding),
        };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(id), token));
        return command;
    }

    private static async Task RunAsync(Session session, RunId id, CancellationToken cancellationToken)
    {
        session.Say($"Canceling training for MODEL-ID '{id}'...");
        await session.Service.CancelAsync(id, cancellationToken);
        session.SayOk("Cancel training successful");
        if (session.IsJson)
        {
            session.PrintJson((await session.Service.GetRunAsync(id, cancellationToken)).Json);
        }
    }
}
