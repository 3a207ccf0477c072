using System.CommandLine;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml show training-definitions|experiments|experiment-runs</c></summary>
internal static class ShowExperimentCommands
{
    public static Command Definitions(Binding binding)
    {
        var id = ExperimentArguments.Definition();
        var command = new Command("training-definitions", "Show a training definition.") { id };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var definition = parsed.GetRequiredValue(id);
                session.Say($"Fetching the training definitions details with DEFINITION-ID '{definition}' ...");
                var answer = await session.Service.Experiments.GetDefinitionAsync(definition, token);
                if (session.IsJson)
                {
                    session.PrintJson(answer.Json);
                }
                else
                {
                    var (facts, entity) = (new FactList(session.Terminal), answer.Value.Entity);
                    facts.Add("Definition ID", answer.Value.Metadata.Guid);
                    facts.Add("url", answer.Value.Metadata.Url);
                    facts.Add("Name", entity.Name);
                    facts.Add("Description", entity.Description);
                    facts.Add("Framework", $"{entity.Framework.Name} {entity.Framework.Version}");
                    facts.Add("Command", entity.Command);
                }
                session.SayOk("Show training-definitions details successful");
            }
        );
        return command;
    }

    public static Command Experiments(Binding binding)
    {
        var id = ExperimentArguments.Experiment();
        var command = new Command("experiments", "Show an experiment.") { id };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var experiment = parsed.GetRequiredValue(id);
                session.Say($"Fetching the experiments details with EXPERIMENT-ID '{experiment}' ...");
                var answer = await session.Service.Experiments.GetAsync(experiment, token);
                if (session.IsJson)
                {
                    session.PrintJson(answer.Json);
                }
                else
                {
                    var (facts, entity) = (new FactList(session.Terminal), answer.Value.Entity);
                    facts.Add("Experiment ID", answer.Value.Metadata.Guid);
                    facts.Add("Name", entity.Settings.GetProperty("name").GetString());
                    foreach (var reference in entity.TrainingReferences.EnumerateArray())
                    {
                        facts.Add("Trains", ReferenceOf(reference));
                    }
                    facts.Add("Source bucket", entity.TrainingDataReference.Location.Bucket);
                    facts.Add("Target bucket", entity.TrainingResultsReference.Location.Bucket);
                }
                session.SayOk("Show experiments details successful");
            }
        );
        return command;
    }

    public static Command Runs(Binding binding)
    {
        var (experiment, id) = (ExperimentArguments.Experiment(), ExperimentArguments.Run());
        var command = new Command("experiment-runs", "Show a run of an experiment: its training runs and the best.")
        {
            experiment,
            id,
        };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var run = parsed.GetRequiredValue(id);
                session.Say($"Fetching the experiment runs details with RUN-ID '{run}' ...");
                var answer = await session.Service.Experiments.GetRunAsync(
                    parsed.GetRequiredValue(experiment),
                    run,
                    token
                );
                if (session.IsJson)
                {
                    session.PrintJson(answer.Json);
                }
                else
                {
                    new ExperimentFacts(session.Terminal).Print(answer.Value);
                }
                session.SayOk("Show experiment-runs details successful");
            }
        );
        return command;
    }

    private static string ReferenceOf(System.Text.Json.JsonElement reference)
    {
        var name = reference.GetProperty("name").GetString();
        return reference.TryGetProperty("hyper_parameters_optimization", out var search)
            ? $"{name}, searched by {search.GetProperty("method").GetProperty("name").GetString()}"
            : $"{name}";
    }
}
