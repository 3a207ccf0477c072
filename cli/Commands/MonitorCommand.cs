using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Following;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml monitor training-runs ID [logs|metrics]</c></summary>
internal static class MonitorCommand
{
    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var only = new Argument<MonitorScope>("logs|metrics")
        {
            Description = "logs or metrics: only these, and nothing else on standard output",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (text is not ("logs" or "metrics"))
                    result.AddError($"'{text}' is neither 'logs' nor 'metrics'");
                return text is "logs" ? MonitorScope.Logs : MonitorScope.Metrics;
            },
        };
        var command = new Command("monitor", "Follow a training run to its end; exit code 0 only if it completes.")
        {
            kind,
            id,
            only,
        };
        binding.Bind(
            command,
            (session, parsed, token) => MonitorAsync(session, parsed.GetRequiredValue(id), parsed.GetValue(only), token)
        );
        return command;
    }

    /// <summary>Follows a run to its end; the exit code says whether it completed.</summary>
    public static Task<ExitCode> MonitorAsync(
        Session session,
        RunId id,
        MonitorScope scope,
        CancellationToken cancellationToken
    ) => new RunMonitor(session, id, scope).FollowAsync(cancellationToken);
}
