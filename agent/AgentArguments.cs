using System.CommandLine;
using System.CommandLine.Help;
using Trainyard.Agent.Settings;
using Trainyard.Contracts;

namespace Trainyard.Agent;

/// <summary>The command line: <c>--home DIR</c>, or <c>--service URL --pool-key-file FILE --work DIR</c>.</summary>
internal sealed class AgentArguments
{
    private readonly Option<string?> _home = Folder("--home", "the state folder of a service on this machine");
    private readonly Option<Uri?> _service = new("--service")
    {
        HelpName = "URL",
        Description = "the address of a service elsewhere",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                return url;
            }
            result.AddError($"'{text}' is not an http(s) address");
            return null;
        },
    };
    private readonly Option<string?> _key = Folder("--pool-key-file", "the file with the secret of the pool", "FILE");
    private readonly Option<string?> _work = Folder("--work", "where attempts live, with --service");

    private AgentArguments()
    {
        Command = new("The program on a node: leases a training run, runs it, and hands over what it left.")
        {
            _home,
            _service,
            _key,
            _work,
        };
        Command.Validators.Add(result =>
        {
            var elsewhere = new Option[] { _service, _key, _work }.Count(o => result.GetResult(o) is not null);
            if (result.GetResult(_home) is null ? elsewhere < 3 : elsewhere > 0)
            {
                result.AddError("give --home alone, or --service, --pool-key-file and --work together");
            }
        });
    }

    private RootCommand Command { get; }

    /// <summary>Runs the agent with the parsed arguments, or writes their errors to stderr.</summary>
    public static async Task<AgentExitCode> RunAsync(string[] arguments, Func<AgentPaths, Task<AgentExitCode>> run)
    {
        var known = new AgentArguments();
        known.Command.SetAction(async (parsed, _) => (int)await run(known.PathsOf(parsed)));
        // Arguments of the form "@name" are not read as response files.
        var parsed = known.Command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var invocation = new InvocationConfiguration
        {
            // The agent handles signals and exceptions itself.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
        {
            return (AgentExitCode)await parsed.InvokeAsync(invocation);
        }
        invocation.Output = Console.Error;
        await parsed.InvokeAsync(invocation);
        return AgentExitCode.Usage;
    }

    private AgentPaths PathsOf(ParseResult parsed) =>
        parsed.GetValue(_home) is { } folder
            ? AgentPaths.OfHome(new StateFolder(folder))
            : AgentPaths.OfNode(
                parsed.GetRequiredValue(_service)!,
                Path.GetFullPath(parsed.GetRequiredValue(_key)!),
                Path.GetFullPath(parsed.GetRequiredValue(_work)!)
            );

    private static Option<string?> Folder(string name, string description, string argument = "DIR")
    {
        var option = new Option<string?>(name) { HelpName = argument, Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError($"{name} is empty");
            }
        });
        return option;
    }
}
