namespace Trainyard.Agent.Jobs;

/// <summary>
/// The names in the job folder, as commands of 2018 know them. Users choose the names of their buckets, so names that
/// would collide get a suffix.
/// </summary>
internal sealed record JobNames(string Data, string Results)
{
    public const string Model = "model-code";
    public const string Logs = "logs";
    public const string LatestLog = "latest-log";
    public const string LogFile = "training-log.txt";

    /// <summary>FfDL's name for the log file.</summary>
    public const string LogAlias = "user_log.txt";
    public const string MetricsFile = "evaluation-metrics.txt";

    private const int LongestName = 200;

    public static JobNames For(string dataBucket, string resultsBucket)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Model, Logs, LatestLog };
        var data = Free(taken, dataBucket, "data");
        return new JobNames(data, Free(taken, resultsBucket, "results"));
    }

    private static string Free(HashSet<string> taken, string bucket, string role)
    {
        var name = Clean(bucket, role);
        while (!taken.Add(name))
        {
            name = $"{name}-{role}";
        }
        return name;
    }

    // The bucket of a file store may be a path; its last part is the name.
    private static string Clean(string bucket, string role)
    {
        var last = bucket.TrimEnd('/').Split('/')[^1];
        var clean = new string([
            .. last.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(LongestName),
        ]);
        return clean.Trim('.').Length == 0 ? role : clean;
    }
}
