using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list keys</c></summary>
internal static class KeyList
{
    public static async Task PrintAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of keys ...");
        var keys = await session.Service.ListKeysAsync(cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(keys.Json);
            return;
        }

        var table = new ColumnTable(
            new("SI No"),
            new("Id"),
            new("Owner", CanShrink: true),
            new("role"),
            new("created-at"),
            new("expires-at")
        );
        foreach (var key in keys.Value.Resources)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                key.Id,
                key.Owner,
                RoleOf(key),
                Words.Time(key.CreatedAt),
                key.ExpiresAt is { } end ? Words.Time(end) : "never"
            );
        }

        table.Print(session.Terminal);
        session.Say("");
        session.Say($"{table.Count} records found.");
        session.SayOk("List all keys successful");
    }

    private static string RoleOf(ListedKeyResource key) =>
        (key.IsOperator ? "operator" : "owner") + (key.IsOwn ? ", this one" : "");
}
