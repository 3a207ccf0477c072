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
        var expiry = new Option<string?>("--expires-in")
        {
            Description = "how long it opens, such as 90d or 12h, from 1m to 3650d (default: without an end)",
        };
        var add = new Command("add", "Make another API key (the operator's key is needed).") { owner, expiry };
        binding.Bind(
            add,
            (session, parsed, token) =>
                AddAsync(session, parsed.GetRequiredValue(owner), parsed.GetValue(expiry), token)
        );
        return new Command("keys", "API keys of the service.") { add };
    }

    private static async Task AddAsync(
        Session session,
        string owner,
        string? expiresIn,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Making a key for '{owner}' ...");
        var key = await session.Service.AddKeyAsync(owner, expiresIn, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(key.Json);
        }
        session.SayOk($"Key is '{key.Value.Key}'");
        if (key.Value.ExpiresAt is { } end)
        {
            session.Say($"It opens until {Words.Time(end)}.");
        }
        if (!session.IsJson)
        {
            session.Terminal.ErrorLine(
                session.Terminal.PaintError(
                    "Keep it: it is shown only now. To use it, set ML_PASSWORD to it.",
                    Colour.Dim
                )
            );
        }
    }
}
