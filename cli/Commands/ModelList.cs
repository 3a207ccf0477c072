using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list models</c></summary>
internal static class ModelList
{
    public static async Task PrintAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of models ...");
        var models = await session.Service.ListModelsAsync(cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(models.Json);
            return;
        }
        var table = new ColumnTable(
            new("SI No"),
            new("Model Id"),
            new("Model Type"),
            new("Model Name", CanShrink: true)
        );
        foreach (var model in models.Value.Resources)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                model.Entity.MlAssetGuid,
                model.Entity.ModelType,
                model.Entity.Name
            );
        }
        table.Print(session.Terminal);
        session.Say("");
        session.Say($"{table.Count} records found.");
        session.SayOk("List all models successful");
    }
}
