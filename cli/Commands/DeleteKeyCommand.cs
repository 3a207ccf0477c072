using System.CommandLine;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml delete keys ID</c></summary>
internal static class DeleteKeyCommand
{
    private const int IdLength = 16;

    public static Command Create(Binding binding)
    {
        var id = new Argument<string>("ID") { Description = "the key's id, such as 'bx ml list keys' prints it" };
        // A user may pass the key itself instead of its id; the error must not show it.
        id.Validators.Add(result =>
        {
            if (!IsId(result.Tokens[0].Value))
            {
                result.AddError("This is not a key's id, which is 16 of 0-9 and a-f ('bx ml list keys' prints them)");
            }
        });
        var command = new Command("keys", "Take an API key away; it opens nothing from half a minute later on.") { id };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(id), token));
        return command;
    }

    private static async Task RunAsync(Session session, string id, CancellationToken cancellationToken)
    {
        session.Say($"Deleting the key '{id}' ...");
        await session.Service.DeleteKeyAsync(id, cancellationToken);
        session.SayOk("Delete keys successful");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteBoolean("deleted", true);
                json.WriteEndObject();
            });
        }
    }

    private static bool IsId(string text) => text.Length == IdLength && text.All(char.IsAsciiHexDigitLower);
}
