using System.CommandLine;
using System.CommandLine.Help;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Commands;

/// <summary>The entry point of <c>bx</c>: parses, runs one command, reports the outcome.</summary>
internal static class Bx
{
    private static readonly ParserConfiguration Parsing = new()
    {
        // "@name" is an argument like any other.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <returns>The exit code, whatever happens.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        CliEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        var isJson = false;
        try
        {
            var tree = CommandTree.Create(environment);
            var parsed = tree.Parse(arguments, Parsing);
            var isWrong = NamesUnknownCommand(parsed) || parsed.Errors.Count > 0;
            // A parse error may have swallowed the output option, so the raw arguments are searched for it.
            isJson = CommandTree.IsJson(parsed) || (isWrong && CommandTree.AskForJson(arguments));
            if (!NamesUnknownCommand(parsed) && (parsed.Errors.Count == 0 || parsed.Action is HelpAction))
            {
                return await InvokeAsync(parsed, environment, cancellationToken);
            }
            if (isJson || !NamesNoCommand(parsed))
            {
                throw Refusal(parsed);
            }
            await InvokeAsync(tree.Parse([.. arguments, "--help"], Parsing), environment, cancellationToken);
            return (int)ExitCode.Usage;
        }
        // The one place where a failure becomes a sentence and an exit code.
        catch (Exception e)
        {
            return CommandEnd.Of(e, new FailureReport(new Terminal(environment, isJson), isJson), cancellationToken);
        }
    }

    private static async Task<int> InvokeAsync(
        ParseResult parsed,
        CliEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        if (parsed.Action is not HelpAction || !CommandTree.IsJson(parsed))
        {
            return await InvokeAsync(parsed, environment.Out, environment, cancellationToken);
        }
        await using var help = new StringWriter();
        var code = await InvokeAsync(parsed, help, environment, cancellationToken);
        new Terminal(environment, isJson: true).Json(
            JsonScreen.Write(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("help", help.ToString());
                    json.WriteEndObject();
                },
                indented: true
            )
        );
        return code;
    }

    private static Task<int> InvokeAsync(
        ParseResult parsed,
        TextWriter output,
        CliEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            // The Interruption class handles Ctrl-C.
            ProcessTerminationTimeout = null,
        };
        return parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static bool NamesUnknownCommand(ParseResult parsed) =>
        OnlyLeadsOn(parsed.CommandResult.Command) && parsed.UnmatchedTokens.Count > 0;

    private static bool NamesNoCommand(ParseResult parsed) =>
        OnlyLeadsOn(parsed.CommandResult.Command) && parsed.UnmatchedTokens.Count == 0;

    // A command with arguments has an action of its own, even when it has subcommands.
    private static bool OnlyLeadsOn(Command command) => command is { Subcommands.Count: > 0, Arguments.Count: 0 };

    private static CliFailure Refusal(ParseResult parsed) =>
        CliFailure.Usage($"{Sentence(parsed)}: '{CommandTree.PathOf(parsed.CommandResult)} --help' says how.");

    private static string Sentence(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            return OnlyLeadsOn(command)
                ? $"'{unknown}' is no command here, only {string.Join(", ", command.Subcommands.Select(c => c.Name))}"
                : $"'{unknown}' is one argument too many";
        }
        return parsed.Errors[0].Message.TrimEnd('.');
    }
}
