using System.Globalization;
using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list training-definitions|experiments|experiment-runs</c>, and the training runs of an experiment's run.</summary>
internal static class ExperimentLists
{
    private const int NameWidth = 24;

    public static async Task PrintDefinitionsAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of training definitions ...");
        var definitions = await session.Service.Experiments.ListDefinitionsAsync(cancellationToken);
        var table = new ColumnTable(
            new("SI No"),
            new("Name", NameWidth, CanShrink: true),
            new("guid"),
            new("framework"),
            new("created-at")
        );
        foreach (var definition in definitions.Value.Resources)
        {
            table.Add(
                Next(table),
                definition.Entity.Name,
                definition.Metadata.Guid,
                $"{definition.Entity.Framework.Name} {definition.Entity.Framework.Version}",
                Words.Time(definition.Metadata.CreatedAt)
            );
        }
        End(session, table, "training-definitions", [definitions.Json]);
    }

    public static async Task PrintExperimentsAsync(Session session, CancellationToken cancellationToken)
    {
        session.Say("Fetching the list of experiments ...");
        var table = new ColumnTable(
            new("SI No"),
            new("Name", NameWidth, CanShrink: true),
            new("guid"),
            new("created-at")
        );
        var pages = new List<JsonElement>();
        await foreach (var page in session.Service.Experiments.ListAsync(cancellationToken))
        {
            pages.Add(page.Json);
            foreach (var experiment in page.Value.Resources)
            {
                var name = experiment.Entity.Settings.GetProperty("name").GetString()!;
                table.Add(Next(table), name, experiment.Metadata.Guid, Words.Time(experiment.Metadata.CreatedAt));
            }
        }
        End(session, table, "experiments", pages);
    }

    public static async Task PrintRunsAsync(Session session, Guid id, CancellationToken cancellationToken)
    {
        session.Say($"Fetching the list of experiment runs of the experiment '{id}' ...");
        var table = new ColumnTable(
            new("SI No"),
            new("guid"),
            new("status"),
            new("training-runs"),
            new("submitted-at")
        );
        var pages = new List<JsonElement>();
        await foreach (var page in session.Service.Experiments.ListRunsAsync(id, cancellationToken))
        {
            pages.Add(page.Json);
            foreach (var run in page.Value.Resources)
            {
                var status = run.Entity.ExperimentRunStatus;
                table.Add(
                    Next(table),
                    run.Metadata.Guid,
                    new Cell(status.State, ExperimentFacts.ColourOf(status.State)),
                    run.Entity.TrainingStatuses.Count.ToString(CultureInfo.InvariantCulture),
                    Words.Time(status.SubmittedAt)
                );
            }
        }
        End(session, table, "experiment-runs", pages);
    }

    public static async Task PrintTrainingRunsAsync(
        Session session,
        Guid id,
        Guid run,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Fetching the list of training runs of the experiment run '{run}' ...");
        var answer = await session.Service.Experiments.GetRunAsync(id, run, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(answer.Json.GetProperty("entity").GetProperty("training_statuses"));
        }
        else
        {
            new ExperimentFacts(session.Terminal).PrintTable(answer.Value);
            session.Terminal.Line();
            session.Terminal.Line($"{answer.Value.Entity.TrainingStatuses.Count} records found.");
        }
        session.SayOk("List all training-runs successful");
    }

    private static string Next(ColumnTable table) => (table.Count + 1).ToString(CultureInfo.InvariantCulture);

    private static void End(Session session, ColumnTable table, string kind, IEnumerable<JsonElement> pages)
    {
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("resources");
                foreach (var resource in pages.SelectMany(page => page.GetProperty("resources").EnumerateArray()))
                {
                    resource.WriteTo(json);
                }
                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            table.Print(session.Terminal);
            session.Terminal.Line();
            session.Terminal.Line($"{table.Count} records found.");
        }
        session.SayOk($"List all {kind} successful");
    }
}
