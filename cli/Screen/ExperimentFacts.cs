using System.Globalization;
using Trainyard.Contracts;

namespace Trainyard.Cli.Screen;

/// <summary>A run of an experiment for people: its training runs in a table, its searches with their best and their curve.</summary>
internal sealed class ExperimentFacts(Terminal terminal)
{
    public static Colour ColourOf(string state) =>
        state switch
        {
            "completed" => Colour.Green,
            "error" => Colour.Red,
            "canceled" or "cancelled" => Colour.Yellow,
            "running" => Colour.Cyan,
            _ => Colour.Plain,
        };

    public void Print(ExperimentRunResource run)
    {
        var facts = new FactList(terminal);
        var status = run.Entity.ExperimentRunStatus;
        facts.Add("Experiment", run.Experiment.Name);
        facts.Add("Experiment ID", run.Experiment.Guid);
        facts.Add("Run ID", run.Metadata.Guid);
        facts.Add("State", status.State, ColourOf(status.State));
        facts.Add("Message", status.Message);
        facts.Add("Submitted_at", Words.Time(status.SubmittedAt));
        facts.Add("Finished_at", Words.Time(status.FinishedAt));
        foreach (var search in run.Entity.Searches)
        {
            terminal.Line();
            Print(facts, run, search);
        }
        terminal.Line();
        PrintTable(run);
    }

    public void PrintTable(ExperimentRunResource run)
    {
        var table = new ColumnTable(
            new("SI No"),
            new("Name", CanShrink: true),
            new("guid"),
            new("status"),
            new("objective"),
            new("Hyperparameters", CanShrink: true)
        );
        foreach (var status in run.Entity.TrainingStatuses)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                status.SubId is { } number ? $"{status.TrainingReferenceName}_{number}" : status.TrainingReferenceName,
                status.TrainingGuid,
                new Cell(status.State, ColourOf(status.State)),
                status.Objective is { } value ? Number(value) : "",
                ValuesOf(status)
            );
        }
        table.Print(terminal);
    }

    /// <summary>The hyperparameters of a training run in one line.</summary>
    public static string ValuesOf(TrainingStatusResource status) =>
        string.Join(
            ", ",
            (status.HyperParameters ?? []).Select(p =>
                $"{p.Name}={p.StringValue ?? Number(p.DoubleValue.GetValueOrDefault())}"
            )
        );

    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static void Print(FactList facts, ExperimentRunResource run, SearchResource search)
    {
        var own = run
            .Entity.TrainingStatuses.Where(s => s.TrainingReferenceName == search.TrainingReferenceName)
            .ToList();
        facts.Add(
            "Search",
            $"{search.TrainingReferenceName}: {search.Method}, {search.MaximizeOrMinimize} {search.Objective}"
        );
        facts.Add("Runs", $"{own.Count(s => s.FinishedAt is not null)} ended of {search.NumOptimizerSteps}");
        facts.Add("Stopped", search.StoppedBecause);
        if (search.BestTrainingGuid is { } best && search.BestObjective is { } objective)
        {
            facts.Add("Best", $"{Number(objective)} by {best}", Colour.Green);
            facts.Add("Best values", ValuesOf(own.First(s => s.TrainingGuid == best)));
            facts.Add("Best model", search.BestModelGuid);
        }
        var values = own.OrderBy(s => s.SubId).Select(s => s.Objective).OfType<double>().ToList();
        facts.Add("Objective", Sparkline.Of(values));
        facts.Add("Best so far", Sparkline.Of(BestSoFar(values, search.MaximizeOrMinimize == "maximize")));
    }

    private static List<double> BestSoFar(List<double> values, bool maximize)
    {
        var best = new List<double>();
        foreach (var value in values)
        {
            best.Add(
                best.Count == 0 ? value
                : maximize ? Math.Max(best[^1], value)
                : Math.Min(best[^1], value)
            );
        }
        return best;
    }
}
