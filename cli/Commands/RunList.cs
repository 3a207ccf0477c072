using System.Globalization;
using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list training-runs</c></summary>
internal static class RunList
{
    // As wide as in the documented samples, where names have room.
    private const int NameWidth = 24;

    /// <param name="session">Whom to ask and where to print.</param>
    /// <param name="words">What the user calls runs.</param>
    /// <param name="array">The array whose runs are wanted; null for all runs by themselves.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task PrintAsync(
        Session session,
        RunWords words,
        RunId? array,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Fetching the list of {words.Several} ...");
        var pages = await FetchAsync(session, array, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(json => WriteJson(json, pages));
        }
        else if (array is not null)
        {
            ArrayTable.Print(session.Terminal, [.. pages.SelectMany(p => p.Value.Resources)]);
        }
        else
        {
            PrintTable(session, [.. pages.SelectMany(p => p.Value.Resources)]);
        }
        session.SayOk($"List all {words.Kind} successful");
    }

    /// <summary>The runs of an array as a table.</summary>
    public static async Task PrintArrayAsync(Session session, RunId array, CancellationToken cancellationToken)
    {
        var pages = await FetchAsync(session, array, cancellationToken);
        ArrayTable.Print(session.Terminal, [.. pages.SelectMany(p => p.Value.Resources)]);
    }

    private static async Task<List<ServiceAnswer<RunListResource>>> FetchAsync(
        Session session,
        RunId? array,
        CancellationToken cancellationToken
    )
    {
        var pages = new List<ServiceAnswer<RunListResource>>();
        await foreach (var page in session.Service.ListRunsAsync(array, cancellationToken))
        {
            pages.Add(page);
        }
        return pages;
    }

    private static void PrintTable(Session session, IReadOnlyList<RunResource> runs)
    {
        // The last columns are additions to the documented ones. Each appears only when a run has a value for it.
        var haveProgress = runs.Any(run => run.Entity.Status.Progress is not null);
        var areWaiting = runs.Any(IsWaiting);
        var areArrays = runs.Any(run => run.Entity.Array is not null);
        var haveExperiments = runs.Any(run => run.Entity.Experiment is not null);
        ReadOnlySpan<Column> documented =
        [
            new("SI No"),
            new("Name", NameWidth, CanShrink: true),
            new("guid"),
            new("status"),
            new("submitted-at"),
        ];
        var table = new ColumnTable([
            .. documented,
            .. haveProgress ? [new Column("progress")] : Array.Empty<Column>(),
            .. areWaiting ? [new Column("waiting")] : Array.Empty<Column>(),
            .. areArrays ? [new Column("array")] : Array.Empty<Column>(),
            .. haveExperiments ? [new Column("experiment", NameWidth, CanShrink: true)] : Array.Empty<Column>(),
        ]);
        foreach (var run in runs)
        {
            var status = run.Entity.Status;
            ReadOnlySpan<Cell> cells =
            [
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                run.Entity.ModelDefinition.Name,
                run.Metadata.Guid,
                new Cell(Words.State(status.State), Words.ColourOf(status.State)),
                Words.Time(status.SubmittedAt),
            ];
            table.Add([
                .. cells,
                .. haveProgress ? [ProgressCell(status.Progress)] : Array.Empty<Cell>(),
                .. areWaiting ? [IsWaiting(run) ? QueueWords.Short(status.Queue!) : ""] : Array.Empty<Cell>(),
                .. areArrays ? [run.Entity.Array is { } array ? ArrayTable.Standing(array) : ""] : Array.Empty<Cell>(),
                .. haveExperiments ? [ExperimentCell(run.Entity.Experiment)] : Array.Empty<Cell>(),
            ]);
        }
        table.Print(session.Terminal);
        session.Terminal.Line();
        session.Terminal.Line($"{table.Count} records found.");
    }

    private static bool IsWaiting(RunResource run) => run.Entity.Status is { State: RunState.Pending, Queue: not null };

    private static Cell ProgressCell(ProgressResource? progress) => progress is null ? "" : Words.Progress(progress);

    private static Cell ExperimentCell(RunExperimentResource? experiment) =>
        experiment is null ? "" : $"{ExperimentLine.Of(experiment)} of {experiment.RunGuid}";

    // Joins all pages into one list; the user need not know about paging.
    private static void WriteJson(Utf8JsonWriter json, IEnumerable<ServiceAnswer<RunListResource>> pages)
    {
        json.WriteStartObject();
        json.WriteStartArray("resources");
        foreach (var run in pages.SelectMany(p => p.Json.GetProperty("resources").EnumerateArray()))
        {
            run.WriteTo(json);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
