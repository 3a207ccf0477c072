using System.Security.Cryptography;
using Trainyard.Chaos.Runs;

namespace Trainyard.Chaos.Checks;

/// <summary>Whether an ended run ended as its kind must, and whether its bucket holds exactly one attempt's results, whole.</summary>
internal static class RunCheck
{
    private const string NotAllLeft = "Not all results left the node";
    private const string Sums = "SHA256SUMS";
    private const string Log = "learner-1/training-log.txt";
    private const string Metrics = "learner-1/evaluation-metrics.txt";

    public static async Task<IReadOnlyList<string>> FindAsync(SubmittedRun run, IResultBucket bucket)
    {
        var found = new List<string>();
        if (run.State != run.Kind.State || (run.Kind.Reason is { } reason && reason != run.Reason))
        {
            return [$"ended wrongly: {run}"];
        }
        // Storing may have been ended at any file by then, or the node may have been lost at any file, which the reason says.
        if (
            run.Cancels > 1
            || (run.Kind.IsCanceled && run.Message?.Contains(NotAllLeft, StringComparison.Ordinal) == true)
        )
        {
            return found;
        }
        try
        {
            await CheckResultsAsync(run, bucket, found);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            found.Add($"cannot be read: {run}: {e.Message}");
        }

        return found;
    }

    private static async Task CheckResultsAsync(SubmittedRun run, IResultBucket bucket, List<string> found)
    {
        var names = await bucket.ListAsync(run.Id);
        if (!names.Contains(Sums))
        {
            // A run that was stopped may have been stopped before it had written anything.
            if (run.Kind is { IsCanceled: false, Reason: not "max_duration" })
            {
                found.Add($"results are missing: {run}");
            }
            return;
        }

        var sums = (await LinesAsync(bucket, run.Id, Sums))
            .Select(line => (Sum: line[..64], Name: line[66..]))
            .ToList();
        foreach (var (sum, name) in sums)
        {
            if (!names.Contains(name))
            {
                found.Add($"{name} is missing: {run}");
            }
            else if (await SumAsync(bucket, run.Id, name) != sum)
            {
                found.Add($"{name} is not what was written: {run}");
            }
        }

        var strangers = names
            .Except(sums.Select(file => file.Name))
            .Where(name => name != Sums && !IsOurs(name))
            .ToList();
        if (strangers.Count > 0)
        {
            found.Add($"files of another attempt, {string.Join(", ", strangers.Take(3))}: {run}");
        }
        await CheckLogAsync(run, bucket, names, found);
        await CheckMetricsAsync(run, bucket, names, found);
    }

    private static async Task CheckLogAsync(
        SubmittedRun run,
        IResultBucket bucket,
        IReadOnlyList<string> names,
        List<string> found
    )
    {
        if (!names.Contains(Log))
        {
            found.Add($"the log is missing: {run}");
            return;
        }

        var token = (await LinesAsync(bucket, run.Id, "token")).Single();
        var log = await LinesAsync(bucket, run.Id, Log);
        var begin = log.FindLastIndex(line => line.StartsWith("begin ", StringComparison.Ordinal));
        if (begin < 0 || log[begin] != $"begin {token}")
        {
            var last = log.Count > 0 ? log[^1] : "";
            found.Add($"the log has no begin {token}; {log.Count} lines, the last '{last}': {run}");
        }
        var counted = log.Skip(begin).Where(line => line.StartsWith("line ", StringComparison.Ordinal)).ToList();
        if (!counted.SequenceEqual(Enumerable.Range(1, run.Kind.Lines).Select(number => $"line {number}")))
        {
            found.Add($"the log has {counted.Count} lines of {run.Kind.Lines}, or in another order: {run}");
        }
    }

    private static async Task CheckMetricsAsync(
        SubmittedRun run,
        IResultBucket bucket,
        IReadOnlyList<string> names,
        List<string> found
    )
    {
        if (run.Kind.Records == 0)
        {
            return;
        }
        var records = names.Contains(Metrics) ? await LinesAsync(bucket, run.Id, Metrics) : [];
        var steps = records.Select(record => record.Split("\"value\":\"")[^1].TrimEnd('"', '}'));
        if (!steps.SequenceEqual(Enumerable.Range(1, run.Kind.Records).Select(step => $"{step}")))
        {
            found.Add($"the metrics file has {records.Count} records of {run.Kind.Records}, or others: {run}");
        }
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("learner-1/", StringComparison.Ordinal)
        || name.StartsWith("_submitted_code/", StringComparison.Ordinal)
        || name == "_manifest.json";

    private static async Task<List<string>> LinesAsync(IResultBucket bucket, string id, string name)
    {
        await using var stream = await bucket.OpenAsync(id, name);
        using var reader = new StreamReader(stream);
        return [.. (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static async Task<string> SumAsync(IResultBucket bucket, string id, string name)
    {
        await using var stream = await bucket.OpenAsync(id, name);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
    }
}
