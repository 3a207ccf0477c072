using System.CommandLine;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml help [COMMAND]</c>: the same as <c>--help</c>.</summary>
internal static class HelpCommand
{
    public static Command Create(Binding binding)
    {
        var about = new Argument<string[]>("COMMAND")
        {
            Description = "the command to explain",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("help", "Explain bx ml, or one of its commands.") { about };
        command.SetAction(
            (parsed, cancellationToken) =>
                Bx.RunAsync(
                    ["ml", .. parsed.GetValue(about) ?? [], "--help", .. CommandTree.OutputOf(parsed)],
                    binding.CliEnvironment,
                    cancellationToken
                )
        );
        return command;
    }
}
