using System.CommandLine;
using System.Globalization;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Following;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml monitor training-runs ID [logs|metrics]</c></summary>
internal static class MonitorCommand
{
    // The service has the same limits.
    private const int MostTail = 100_000;
    private const int LongestGrep = 200;

    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var (only, tail, grep) = (Scope(), Tail(), Grep());
        var times = new LogTimeOptions();
        var command = new Command("monitor", "Follow a training run to its end; exit code 0 only if it completes.")
        {
            kind,
            id,
            only,
            tail,
            grep,
            times.Since,
            times.Until,
            times.Timestamps,
            times.Learner,
            MonitorExperimentCommand.Create(binding, Scope()),
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                MonitorAsync(
                    session,
                    parsed.GetRequiredValue(id),
                    parsed.GetValue(only),
                    times.Read(parsed) with
                    {
                        Tail = parsed.GetValue(tail),
                        Grep = parsed.GetValue(grep),
                    },
                    token
                )
        );
        return command;
    }

    /// <summary>Follows a run to its end; the exit code says whether it completed.</summary>
    public static Task<ExitCode> MonitorAsync(
        Session session,
        RunId id,
        MonitorScope scope,
        LogSelection wanted,
        CancellationToken cancellationToken
    ) => new RunMonitor(session, id, scope, wanted).FollowAsync(cancellationToken);

    private static Argument<MonitorScope> Scope() =>
        new Argument<MonitorScope>("logs|metrics")
        {
            Description = "logs or metrics: only these, and nothing else on standard output",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (text is not ("logs" or "metrics"))
                {
                    result.AddError($"'{text}' is neither 'logs' nor 'metrics'");
                }
                return text is "logs" ? MonitorScope.Logs : MonitorScope.Metrics;
            },
        };

    private static Option<int?> Tail() =>
        new Option<int?>("--tail")
        {
            Description = $"begin with the last N lines, 0 to {MostTail}",
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (
                    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines)
                    && lines <= MostTail
                )
                {
                    return lines;
                }
                result.AddError($"--tail takes a number from 0 to {MostTail}");
                return null;
            },
        };

    private static Option<string?> Grep()
    {
        var grep = new Option<string?>("--grep")
        {
            Description = $"only lines with this text, in any case, up to {LongestGrep} characters",
            HelpName = "TEXT",
        };
        grep.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { Length: 0 or > LongestGrep })
            {
                result.AddError($"--grep takes a text of 1 to {LongestGrep} characters");
            }
        });
        return grep;
    }
}
