using System.CommandLine;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml nodes drain NODE</c>, <c>undrain NODE</c> and <c>remove NODE</c></summary>
internal static class NodesCommand
{
    public static Command Create(Binding binding) =>
        new("nodes", "Nodes of the pool (the operator's key is needed).")
        {
            Drain(binding),
            Undrain(binding),
            Remove(binding),
        };

    private static Command Drain(Binding binding)
    {
        var name = Name();
        var command = new Command("drain", "Give a node no new runs; those on it go on.") { name };
        binding.Bind(
            command,
            async (session, parsed, token) =>
            {
                var state = await SetDrainedAsync(session, parsed.GetRequiredValue(name), isDrained: true, token);
                session.Say(
                    state == "draining"
                        ? "Runs are on it: when 'bx ml list nodes' says 'drained', they have ended."
                        : "No run is on it."
                );
            }
        );
        return command;
    }

    private static Command Undrain(Binding binding)
    {
        var name = Name();
        var command = new Command("undrain", "Give a node that was drained new runs again.") { name };
        binding.Bind(
            command,
            (session, parsed, token) => SetDrainedAsync(session, parsed.GetRequiredValue(name), isDrained: false, token)
        );
        return command;
    }

    /// <returns>The state of the node afterwards.</returns>
    private static async Task<string> SetDrainedAsync(
        Session session,
        string node,
        bool isDrained,
        CancellationToken cancellationToken
    )
    {
        session.Say($"{(isDrained ? "Draining" : "Undraining")} the node '{node}' ...");
        var answer = await session.Service.DrainNodeAsync(node, isDrained, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(answer.Json);
        }
        session.SayOk($"{(isDrained ? "Drain" : "Undrain")} nodes successful");
        return answer.Value.State;
    }

    private static Command Remove(Binding binding)
    {
        var name = Name();
        var command = new Command("remove", "Forget a node that is gone; one that comes back is new.") { name };
        binding.Bind(command, (session, parsed, token) => RemoveAsync(session, parsed.GetRequiredValue(name), token));
        return command;
    }

    private static async Task RemoveAsync(Session session, string node, CancellationToken cancellationToken)
    {
        session.Say($"Removing the node '{node}' ...");
        await session.Service.RemoveNodeAsync(node, cancellationToken);
        session.SayOk("Remove nodes successful");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", node);
                json.WriteBoolean("removed", true);
                json.WriteEndObject();
            });
        }
    }

    private static Argument<string> Name() =>
        new("NODE") { Description = "the node's name, as 'bx ml list nodes' prints it" };
}
