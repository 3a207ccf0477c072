using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml show training-runs ID</c>, and below it <c>bx ml show nodes NODE</c></summary>
internal static class ShowCommand
{
    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var command = new Command("show", "Show a training run: its state, why, and where its results are.")
        {
            kind,
            id,
            ShowNodeCommand.Create(binding),
            ShowResultsCommand.Create(binding),
            ShowExperimentCommands.Definitions(binding),
            ShowExperimentCommands.Experiments(binding),
            ShowExperimentCommands.Runs(binding),
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
        session.Say($"Fetching the {words.Detailed} details with MODEL-ID '{id}' ...");
        var run = await session.Service.GetRunAsync(id, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(run.Json);
        }
        else
        {
            new RunFacts(session.Terminal).Print(run.Value);
            if (run.Value.Entity.Array is { Index: null })
            {
                session.Terminal.Line();
                await RunList.PrintArrayAsync(session, id, cancellationToken);
            }
        }
        session.SayOk($"Show {words.Kind} details successful");
    }
}
