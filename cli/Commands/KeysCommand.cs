using System.CommandLine;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml keys add OWNER</c></summary>
internal static class KeysCommand
{
    public static Command Create(Binding binding)
    {
        var owner = new Argument<string>("OWNER")
        {
            Description = "whose key it will be; each owner sees only their own runs",
        };
        var add = new Command("add", "Make another API key (the operator's key is needed).") { owner };
        binding.Bind(add, (session, parsed, token) => AddAsync(session, parsed.GetRequiredValue(owner), token));
        return new Command("keys", "API keys of the service.") { add };
    }

    private static async Task AddAsync(Session session, string owner, CancellationToken cancellationToken)
    {
        session.Say($"Making a key for '{owner}' ...");
        var key = await session.Service.AddKeyAsync(owner, cancellationToken);
        if (session.IsJson)
            session.PrintJson(key.Json);
        session.SayOk($"Key is '{key.Value.Key}'");
        if (!session.IsJson)
            session.Terminal.ErrorLine(
                session.Terminal.PaintError(
                    "Keep it: it is shown only now. To use it, set ML_PASSWORD to it.",
                    Colour.Dim
                )
            );
    }
}
