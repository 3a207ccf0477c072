using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list training-runs|training-definitions|experiments|experiment-runs|models|frameworks|secrets|keys|nodes</c></summary>
internal static class ListCommand
{
    private const string Models = "models";
    private const string Frameworks = "frameworks";
    private const string Secrets = "secrets";
    private const string Keys = "keys";
    private const string Nodes = "nodes";
    private const string Definitions = "training-definitions";
    private const string Experiments = "experiments";
    private const string ExperimentRuns = "experiment-runs";

    private static readonly string[] Kinds =
    [
        "training-runs",
        Definitions,
        Experiments,
        ExperimentRuns,
        Models,
        Frameworks,
        Secrets,
        Keys,
        Nodes,
    ];

    public static Command Create(Binding binding)
    {
        var what = new Argument<string>("WHAT")
        {
            Description =
                "training-runs, training-definitions, experiments, experiment-runs, models, frameworks, secrets or keys; nodes for operators",
        };
        what.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if (!Kinds.Contains(text) && !RunWords.TryParse(text, out _))
            {
                result.AddError($"'{text}' is none of {string.Join(", ", Kinds[..^1])} and {Kinds[^1]}");
            }
        });
        var (experiment, run) = (ExperimentArguments.Experiment(), ExperimentArguments.Run());
        experiment.Arity = run.Arity = ArgumentArity.ZeroOrOne;
        var array = Array();
        var command = new Command(
            "list",
            "List your training runs, stored models, secrets or keys, the frameworks on offer, or the nodes of the pool."
        )
        {
            what,
            experiment,
            run,
            array,
        };
        command.Validators.Add(result =>
        {
            var isOfArray = result.GetResult(array) is not null;
            if (isOfArray && !RunWords.TryParse(result.GetValue(what) ?? "", out _))
            {
                result.AddError("--array is for training-runs: those of one array");
            }
            var ids = new[] { result.GetResult(experiment), result.GetResult(run) }.Count(a => a?.Tokens.Count > 0);
            var wanted = WantedIds(result.GetValue(what));
            if (!wanted.Contains(ids) || (isOfArray && ids > 0))
            {
                result.AddError(
                    isOfArray && ids > 0 ? "--array takes the array's ID and no other"
                    : wanted is [1] ? "experiment-runs are those of one experiment: name its EXPERIMENT-ID"
                    : wanted.Length > 1 ? "training runs of an experiment's run need both EXPERIMENT-ID and RUN-ID"
                    : $"'{result.GetValue(what)}' takes no id"
                );
            }
        });
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(
                    session,
                    parsed.GetRequiredValue(what),
                    parsed.GetValue(experiment),
                    parsed.GetValue(run),
                    parsed.GetResult(array) is null ? null : parsed.GetValue(array),
                    token
                )
        );
        return command;
    }

    private static Option<RunId> Array() =>
        new("--array")
        {
            Description = "with training-runs: the runs of this array, by their index, with values and exit codes",
            HelpName = "ID",
            CustomParser = result =>
            {
                if (!RunId.TryParse(result.Tokens[0].Value, out var id))
                {
                    result.AddError($"'{result.Tokens[0].Value}' is not an array's id, such as 'training-DOl4q2LkR'");
                }
                return id;
            },
        };

    private static int[] WantedIds(string? what) =>
        what is ExperimentRuns ? [1]
        : what is not null && RunWords.TryParse(what, out _) ? [0, 2]
        : [0];

    private static Task RunAsync(
        Session session,
        string what,
        Guid experiment,
        Guid run,
        RunId? array,
        CancellationToken cancellationToken
    ) =>
        what switch
        {
            Definitions => ExperimentLists.PrintDefinitionsAsync(session, cancellationToken),
            Experiments => ExperimentLists.PrintExperimentsAsync(session, cancellationToken),
            ExperimentRuns => ExperimentLists.PrintRunsAsync(session, experiment, cancellationToken),
            _ when run != default => ExperimentLists.PrintTrainingRunsAsync(
                session,
                experiment,
                run,
                cancellationToken
            ),
            Models => ModelList.PrintAsync(session, cancellationToken),
            Frameworks => FrameworkList.PrintAsync(session, cancellationToken),
            Secrets => SecretList.PrintAsync(session, cancellationToken),
            Keys => KeyList.PrintAsync(session, cancellationToken),
            Nodes => NodeList.PrintAsync(session, cancellationToken),
            _ when RunWords.TryParse(what, out var words) => RunList.PrintAsync(
                session,
                words,
                array,
                cancellationToken
            ),
            _ => throw new InvalidOperationException("The argument was validated."),
        };
}
