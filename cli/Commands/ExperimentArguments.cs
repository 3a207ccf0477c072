using System.CommandLine;

namespace Trainyard.Cli.Commands;

/// <summary>The ids of definitions, experiments and their runs on the command line.</summary>
internal static class ExperimentArguments
{
    public static Argument<Guid> Definition() => Id("DEFINITION-ID", "list training-definitions");

    public static Argument<Guid> Experiment() => Id("EXPERIMENT-ID", "list experiments");

    public static Argument<Guid> Run() => Id("RUN-ID", "list experiment-runs EXPERIMENT-ID");

    private static Argument<Guid> Id(string name, string list) =>
        new(name)
        {
            Description = $"its id, as 'bx ml {list}' prints it",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!Guid.TryParse(text, out var id))
                {
                    result.AddError($"'{text}' is no id of one ('bx ml {list}' prints them)");
                }
                return id;
            },
        };
}
