using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml show nodes NODE</c></summary>
internal static class ShowNodeCommand
{
    public static Command Create(Binding binding)
    {
        var name = new Argument<string>("NODE") { Description = "the node's name, as 'list nodes' prints it" };
        var command = new Command("nodes", "Show a node of the pool (the operator's key is needed).") { name };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(name), token));
        return command;
    }

    private static async Task RunAsync(Session session, string name, CancellationToken cancellationToken)
    {
        session.Say($"Fetching the details of the node '{name}' ...");
        var nodes = await session.Service.ListNodesAsync(cancellationToken);
        var index = nodes.Value.Resources.ToList().FindIndex(n => n.Name == name);
        if (index < 0)
        {
            throw new CliFailure(
                ExitCode.NotFound,
                "node_not_found",
                $"There is no node '{name}': 'bx ml list nodes' prints those there are."
            );
        }
        if (session.IsJson)
        {
            session.PrintJson(nodes.Json.GetProperty("resources")[index]);
        }
        else
        {
            new NodeFacts(session.Terminal).Print(nodes.Value.Resources[index]);
        }
        session.SayOk("Show nodes details successful");
    }
}
