using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary>Binds commands to their actions. The only place that opens a session.</summary>
internal sealed class Binding(CliEnvironment environment)
{
    public CliEnvironment CliEnvironment { get; } = environment;

    public void Bind(Command command, Func<Session, ParseResult, CancellationToken, Task> run) =>
        Bind(
            command,
            async (session, parsed, cancellationToken) =>
            {
                await run(session, parsed, cancellationToken);
                return ExitCode.Success;
            }
        );

    public void Bind(Command command, Func<Session, ParseResult, CancellationToken, Task<ExitCode>> run) =>
        command.SetAction((parsed, cancellationToken) => RunAsync(run, parsed, cancellationToken));

    private async Task<int> RunAsync(
        Func<Session, ParseResult, CancellationToken, Task<ExitCode>> run,
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        using var session = new Session(CliEnvironment, CommandTree.IsJson(parsed));
        return (int)await run(session, parsed, cancellationToken);
    }
}
