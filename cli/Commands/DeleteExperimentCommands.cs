using System.CommandLine;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml delete training-definitions|experiments|experiment-runs</c>, and <c>bx ml cancel experiment-runs</c></summary>
internal static class DeleteExperimentCommands
{
    public static Command Definitions(Binding binding)
    {
        var id = ExperimentArguments.Definition();
        var command = new Command(
            "training-definitions",
            "Delete a training definition; runs of it keep what they have."
        )
        {
            id,
        };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var definition = parsed.GetRequiredValue(id);
                session.Say($"Deleting the training definition '{definition}' ...");
                await session.Service.Experiments.DeleteDefinitionAsync(definition, token);
                End(session, "training-definitions", definition);
            }
        );
        return command;
    }

    public static Command Experiments(Binding binding)
    {
        var id = ExperimentArguments.Experiment();
        var command = new Command("experiments", "Delete an experiment and its ended runs; training runs stay.") { id };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var experiment = parsed.GetRequiredValue(id);
                session.Say($"Deleting the experiment '{experiment}' ...");
                await session.Service.Experiments.DeleteAsync(experiment, token);
                End(session, "experiments", experiment);
            }
        );
        return command;
    }

    public static Command Runs(Binding binding)
    {
        var (experiment, id) = (ExperimentArguments.Experiment(), ExperimentArguments.Run());
        var command = new Command("experiment-runs", "Delete a run of an experiment; its training runs stay.")
        {
            experiment,
            id,
        };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var run = parsed.GetRequiredValue(id);
                session.Say($"Deleting the experiment run '{run}' ...");
                await session.Service.Experiments.DeleteRunAsync(parsed.GetRequiredValue(experiment), run, token);
                End(session, "experiment-runs", run);
            }
        );
        return command;
    }

    public static Command Cancel(Binding binding)
    {
        var (experiment, id) = (ExperimentArguments.Experiment(), ExperimentArguments.Run());
        var command = new Command("experiment-runs", "Cancel a run of an experiment and all its training runs.")
        {
            experiment,
            id,
        };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var (parent, run) = (parsed.GetRequiredValue(experiment), parsed.GetRequiredValue(id));
                session.Say($"Canceling the experiment run '{run}' ...");
                await session.Service.Experiments.CancelRunAsync(parent, run, token);
                session.SayOk("Cancel experiment-runs successful");
                if (session.IsJson)
                {
                    session.PrintJson((await session.Service.Experiments.GetRunAsync(parent, run, token)).Json);
                }
            }
        );
        return command;
    }

    private static void End(Session session, string kind, Guid id)
    {
        session.SayOk($"Delete {kind} successful");
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
