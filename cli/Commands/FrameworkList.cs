using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list frameworks</c></summary>
internal static class FrameworkList
{
    public static async Task PrintAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of frameworks ...");
        var frameworks = await session.Service.ListFrameworksAsync(cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(frameworks.Json);
            return;
        }
        var table = new ColumnTable(new("SI No"), new("Name"), new("Version"));
        foreach (var framework in frameworks.Value.Resources)
        {
            table.Add((table.Count + 1).ToString(CultureInfo.InvariantCulture), framework.Name, framework.Version);
        }
        table.Print(session.Terminal);
        session.SayOk("List frameworks successful");
    }
}
