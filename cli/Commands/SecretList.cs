using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list secrets</c></summary>
internal static class SecretList
{
    public static async Task PrintAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of secrets ...");
        var secrets = await session.Service.ListSecretsAsync(cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(secrets.Json);
            return;
        }
        var table = new ColumnTable(new("SI No"), new("Name"), new("updated-at"), new("Fields", CanShrink: true));
        foreach (var secret in secrets.Value.Resources)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                secret.Name,
                Words.Time(secret.UpdatedAt),
                string.Join(", ", secret.Fields)
            );
        }
        table.Print(session.Terminal);
        session.Say("");
        session.Say($"{table.Count} records found.");
        session.SayOk("List all secrets successful");
    }
}
