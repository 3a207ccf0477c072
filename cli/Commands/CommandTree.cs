using System.CommandLine;
using System.CommandLine.Parsing;
using Trainyard.Cli.Hosting;

namespace Trainyard.Cli.Commands;

/// <summary>Every command of <c>bx</c>.</summary>
internal static class CommandTree
{
    private static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "text, or json for scripts",
        Recursive = true,
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (text is not ("text" or "json"))
            {
                result.AddError($"'{text}' is neither 'text' nor 'json'");
            }
            return text is "json" ? OutputFormat.Json : OutputFormat.Text;
        },
        HelpName = "text|json",
    };

    public static RootCommand Create(CliEnvironment environment)
    {
        var binding = new Binding(environment);
        return new RootCommand("Trains models on a training-run service.") { CreateMl(binding) };
    }

    public static bool IsJson(ParseResult parsed) =>
        parsed.GetResult(Output) is { Errors: var errors }
        && !errors.Any()
        && parsed.GetValue(Output) is OutputFormat.Json;

    /// <summary>Whether a command line that cannot be parsed asks for JSON somewhere.</summary>
    public static bool AskForJson(IReadOnlyList<string> arguments) =>
        arguments
            .Append("")
            .Zip(arguments.Skip(1).Append(""))
            .Any(pair =>
                IsOutput(pair.First) && pair.Second is "json"
                || (pair.First.Split(['=', ':'], 2) is [var name, "json"] && IsOutput(name))
            );

    private static bool IsOutput(string name) => name == Output.Name || Output.Aliases.Contains(name);

    /// <summary>The option that makes a suggested command print in the same form.</summary>
    public static string[] OutputOf(ParseResult parsed) => IsJson(parsed) ? [Output.Name, "json"] : [];

    /// <summary>The words that lead to a command: <c>bx ml list</c>.</summary>
    public static string PathOf(CommandResult command)
    {
        var words = new Stack<string>();
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Parent: not null } named)
            {
                words.Push(named.Command.Name);
            }
        }
        return string.Join(' ', words.Prepend("bx"));
    }

    private static Command CreateMl(Binding binding)
    {
        var ml = new Command("ml", "Training runs, stored models and manifests.")
        {
            TrainCommand.Create(binding),
            ListCommand.Create(binding),
            ShowCommand.Create(binding),
            MonitorCommand.Create(binding),
            TopCommand.Create(binding),
            CancelCommand.Create(binding),
            ExperimentsCommand.Create(binding),
            StoreCommand.Create(binding),
            DownloadCommand.Create(binding),
            DeleteCommand.Create(binding),
            KeysCommand.Create(binding),
            NodesCommand.Create(binding),
            SecretsCommand.Create(binding),
            ValidateCommand.Create(binding),
            GenerateManifestCommand.Create(binding),
            VersionCommand.Create(binding),
            HelpCommand.Create(binding),
        };
        ml.Options.Add(Output);
        return ml;
    }
}

internal enum OutputFormat
{
    Text,
    Json,
}
