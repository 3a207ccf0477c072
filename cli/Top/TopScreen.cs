using Spectre.Console;
using Spectre.Console.Rendering;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Top;

/// <summary>Shows snapshots on a terminal, each in place of the last.</summary>
internal sealed class TopScreen(Terminal terminal, TopReader reader)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Ends with the token.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var first = await reader.ReadAsync(cancellationToken);
        try
        {
            await ConsoleOf(terminal)
                .Live(Render(first, null, terminal.Width))
                .StartAsync(context => RefreshAsync(context, first, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop ends only with the token.
        }
    }

    private async Task RefreshAsync(LiveDisplayContext context, TopSnapshot last, CancellationToken cancellationToken)
    {
        while (true)
        {
            context.Refresh();
            await Task.Delay(Interval, cancellationToken);
            string? trouble = null;
            try
            {
                last = await reader.ReadAsync(cancellationToken);
            }
            catch (CliFailure failure) when (failure.ExitCode is ExitCode.Unreachable or ExitCode.ServiceError)
            {
                trouble = failure.Message;
            }
            context.UpdateTarget(Render(last, trouble, terminal.Width));
        }
    }

    /// <summary>Renders a snapshot. User text is escaped, so that it is not read as markup.</summary>
    internal static IRenderable Render(TopSnapshot snapshot, string? trouble, int? width)
    {
        var parts = new List<IRenderable>
        {
            new Text($"{TopTables.Summary(snapshot)}. Ctrl-C ends this."),
            TableOf(TopTables.RunColumns, snapshot.Runs.Select(TopTables.RowOf), width),
        };
        if (snapshot.Nodes is { } nodes)
        {
            parts.Add(TableOf(TopTables.NodeColumns, nodes.Select(TopTables.RowOf), width));
        }
        if (trouble is not null)
        {
            parts.Add(new Text(TerminalText.OneLine(trouble), new Style(Color.Red)));
        }
        return new Rows(parts);
    }

    private static Table TableOf(Column[] all, IEnumerable<Cell[]> cells, int? width)
    {
        var (columns, rows) = TopTables.Fitting(all, cells, width);
        var table = new Table { Border = TableBorder.Simple, Expand = true };
        foreach (var column in columns)
        {
            var heading = new Text(column.Heading, new Style(decoration: Decoration.Bold)).Ellipsis();
            table.AddColumn(new TableColumn(heading).NoWrap().Padding(0, 0, TopTables.Gap, 0));
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Colour)).Ellipsis()));
        }
        return table;
    }

    private static Style StyleOf(Colour colour) =>
        colour switch
        {
            Colour.Red => new Style(Color.Red),
            Colour.Green => new Style(Color.Green),
            Colour.Yellow => new Style(Color.Yellow),
            Colour.Cyan => new Style(Color.Aqua),
            _ => Style.Plain,
        };

    private static IAnsiConsole ConsoleOf(Terminal terminal) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Out),
                Ansi = AnsiSupport.Yes,
                ColorSystem = terminal.OutHasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
            }
        );
}
