using System.CommandLine;
using System.CommandLine.Help;
using Trainyard.Cli.Commands;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli;

/// <summary>The whole of <c>bx</c>: parse, run one command, say how it went.</summary>
internal static class Bx
{
    private static readonly ParserConfiguration Parsing = new()
    {
        // "@name" is an argument like any other.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    public static async Task<int> RunAsync(
        string[] arguments,
        Surroundings surroundings,
        CancellationToken cancellationToken
    )
    {
        var tree = CommandTree.Create(surroundings);
        var parsed = tree.Parse(arguments, Parsing);
        if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
            return await InvokeAsync(parsed, surroundings, cancellationToken);
        if (!NamesNoCommand(parsed))
            return Refuse(parsed, surroundings);
        await InvokeAsync(tree.Parse([.. arguments, "--help"], Parsing), surroundings, cancellationToken);
        return (int)ExitCode.Usage;
    }

    private static Task<int> InvokeAsync(
        ParseResult parsed,
        Surroundings surroundings,
        CancellationToken cancellationToken
    )
    {
        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            // Program.cs has its own answer to Ctrl-C.
            ProcessTerminationTimeout = null,
        };
        return parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static bool NamesNoCommand(ParseResult parsed) =>
        OnlyLeadsOn(parsed.CommandResult.Command) && parsed.UnmatchedTokens.Count == 0;

    // A command with arguments does something itself, whatever is below it.
    private static bool OnlyLeadsOn(Command command) => command is { Subcommands.Count: > 0, Arguments.Count: 0 };

    private static int Refuse(ParseResult parsed, Surroundings surroundings)
    {
        var failure = CliFailure.Usage(
            $"{Sentence(parsed)}: '{CommandTree.PathOf(parsed.CommandResult)} --help' says how."
        );
        return new FailureReport(new Terminal(surroundings), CommandTree.IsJson(parsed)).Print(failure);
    }

    private static string Sentence(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return OnlyLeadsOn(command)
                ? $"'{unknown}' is no command here, only {string.Join(", ", command.Subcommands.Select(c => c.Name))}"
                : $"'{unknown}' is one argument too many";
        return parsed.Errors[0].Message.TrimEnd('.');
    }
}
