using System.Text;
using Trainyard.Chaos.Runs;
using Trainyard.Chaos.World;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Chaos.Checks;

/// <summary>Whether anything is left of runs that have ended: on nodes, in the queue, in staging, in uploads, as processes.</summary>
internal static class LeftoverCheck
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(40);

    /// <summary>Stops all programs as their operator would, then looks.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(Yard yard, IReadOnlyCollection<SubmittedRun> runs)
    {
        var found = new List<string>();
        foreach (var program in yard.Agents.Append(yard.Service))
        {
            program.Terminate();
            if (!await program.WaitForExitAsync(StopsWithin))
            {
                found.Add($"{program.Name} does not stop on SIGTERM");
            }
        }

        found.AddRange(yard.NodeDisks.SelectMany(OnNode));
        found.AddRange(InQueue(yard));
        found.AddRange(InStaging(yard, runs));
        found.AddRange(Processes(yard, runs));
        if (yard.HasStore)
        {
            found.AddRange(await UploadsAsync(yard));
        }
        return found;
    }

    private static IEnumerable<string> OnNode(SizedDisk disk) =>
        Directory
            .EnumerateDirectories(disk.Path, "training-*")
            .Select(path => $"left on a node: {Path.GetFileName(path)}");

    private static IEnumerable<string> InQueue(Yard yard) =>
        Query(yard, "SELECT run_id || ' ' || state FROM attempts WHERE state NOT IN ('finished', 'removed')")
            .Select(row => $"left in the queue: {row}");

    // A completed run's model stays until its retention ends, for whoever stores it; everything else of it is gone. What was
    // not stored because its owner canceled again stays too: it is the only copy.
    private static IEnumerable<string> InStaging(Yard yard, IReadOnlyCollection<SubmittedRun> runs)
    {
        var unfinished = runs.Where(run => run.State != "completed").Select(run => run.Id).ToHashSet();
        var kept = runs.Where(run => run.Cancels > 1).Select(run => run.Id).ToHashSet();
        return Query(yard, "SELECT name FROM blobs")
            .Where(name =>
                name.Contains("/staging/", StringComparison.Ordinal)
                || name.Contains("/checkpoint", StringComparison.Ordinal)
                || name.Contains("/bucket/", StringComparison.Ordinal)
            )
            .Where(name => !kept.Any(id => name.Contains(id, StringComparison.Ordinal)))
            .Where(name =>
                unfinished.Any(id => name.Contains(id, StringComparison.Ordinal))
                || !name.Contains("/model/", StringComparison.Ordinal)
            )
            .Take(5)
            .Select(name => $"left in staging: {name}");
    }

    private static IEnumerable<string> Processes(Yard yard, IReadOnlyCollection<SubmittedRun> runs)
    {
        var ids = runs.Select(run => run.Id).ToHashSet();
        foreach (
            var folder in Directory
                .EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        )
        {
            var environment = Read(Path.Combine(folder, "environ")).Split('\0');
            if (
                environment.Contains($"TRAINYARD_CHAOS={yard.Mark}")
                || environment.Any(line =>
                    line.StartsWith("TRAINING_ID=", StringComparison.Ordinal) && ids.Contains(line[12..])
                )
            )
            {
                yield return $"a process is left: {Path.GetFileName(folder)} {Read(Path.Combine(folder, "cmdline")).Replace('\0', ' ')}";
            }
        }
    }

    // An upload that was begun and neither completed nor given up has a marker without a part's number at its end.
    private static async Task<IEnumerable<string>> UploadsAsync(Yard yard)
    {
        var segments = await yard.Store.ListAll(Submission.ResultsBucket + "+segments", "");
        return segments
            .Where(name => !int.TryParse(name.AsSpan(name.LastIndexOf('/') + 1), out _))
            .Take(5)
            .Select(name => $"an upload is left: {name}");
    }

    private static List<string> Query(Yard yard, string sql)
    {
        using var connection = SqliteConnection.Open(Path.Combine(yard.Home, "records.db"), readOnly: true);
        var statement = connection.Prepare(sql);
        var rows = new List<string>();
        while (statement.Step())
        {
            rows.Add(statement.GetString(0));
        }
        return rows;
    }

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
