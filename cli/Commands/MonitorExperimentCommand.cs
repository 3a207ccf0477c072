using System.CommandLine;
using Trainyard.Cli.Following;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml monitor experiments EXPERIMENT-ID RUN-ID [logs|metrics]</c></summary>
internal static class MonitorExperimentCommand
{
    public static Command Create(Binding binding, Argument<MonitorScope> only)
    {
        var (experiment, id) = (ExperimentArguments.Experiment(), ExperimentArguments.Run());
        var command = new Command(
            "experiments",
            "Follow a run of an experiment to its end; exit code 0 only if it completes."
        )
        {
            experiment,
            id,
            only,
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                new ExperimentMonitor(
                    session,
                    parsed.GetRequiredValue(experiment),
                    parsed.GetRequiredValue(id),
                    parsed.GetValue(only)
                ).FollowAsync(token)
        );
        return command;
    }
}
