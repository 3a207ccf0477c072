using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;

namespace Trainyard.Cli.Commands;

/// <summary>The runs of an array, one a line.</summary>
internal static class ArrayTable
{
    public static void Print(Terminal terminal, IReadOnlyList<RunResource> runs)
    {
        var table = new ColumnTable([
            new("index"),
            new("values", CanShrink: true),
            new("guid"),
            new("status"),
            new("exit"),
        ]);
        foreach (var run in runs)
        {
            var status = run.Entity.Status;
            table.Add([
                run.Entity.Array?.Index?.ToString(CultureInfo.InvariantCulture) ?? "",
                Values(run.Entity.Array),
                run.Metadata.Guid,
                new Cell(Words.State(status.State), Words.ColourOf(status.State)),
                status.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "",
            ]);
        }
        table.Print(terminal);
        terminal.Line();
        terminal.Line($"{table.Count} records found.");
    }

    /// <summary>Of one run its values, of an array its variables: <c>LR=0.1</c>, <c>LR (3 values)</c>.</summary>
    public static string Values(RunArrayResource? array) =>
        array?.Values is { } values ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}"))
        : array?.Variables is { } variables
            ? string.Join(" x ", variables.Select(v => $"{v.Key} ({Words.Count(v.Value.Count, "value", "values")})"))
        : "";

    /// <summary>How an array stands: <c>2 of 3 ended, 1 failed</c>.</summary>
    public static string Standing(RunArrayResource array)
    {
        if (array.States is not { } states)
        {
            return "";
        }
        var ended = states.Completed + states.Error + states.Canceled;
        var failed = states.Error > 0 ? $", {states.Error} failed" : "";
        var canceled = states.Canceled > 0 ? $", {states.Canceled} canceled" : "";
        return $"{ended} of {array.Count} ended{failed}{canceled}";
    }
}
