using System.CommandLine;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Commands;

/// <summary>Ties commands to what they do: one place that opens a session and turns failures into exit codes.</summary>
internal sealed class Binding(Surroundings surroundings)
{
    public Surroundings Surroundings { get; } = surroundings;

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
        using var session = new Session(Surroundings, CommandTree.IsJson(parsed));
        try
        {
            return (int)await run(session, parsed, cancellationToken);
        }
        catch (CliFailure failure)
        {
            return new FailureReport(session.Terminal, session.IsJson).Print(failure);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
    }
}
