namespace Trainyard.Manifests.Metrics;

/// <summary>Where a run's metrics are read: a file or folder below one of the command's own folders.</summary>
/// <param name="Root">The variable that names the folder.</param>
/// <param name="Path">Below it, with <c>/</c> between names; empty for the folder itself.</param>
public sealed record MetricPlace(string Root, string Path)
{
    public const string JobState = "JOB_STATE_DIR";
    public const string Logs = "LOG_DIR";
    public const string Results = "RESULT_DIR";

    private const string LogsFolder = "logs";

    private static readonly string[] Roots = [JobState, Logs, Results];

    /// <summary>Null for what is no such place.</summary>
    public static MetricPlace? Parse(string text)
    {
        foreach (var root in Roots)
        {
            foreach (var variable in (string[])[$"${root}", $"${{{root}}}"])
            {
                if (text == variable || text.StartsWith(variable + "/", StringComparison.Ordinal))
                {
                    return Of(root, text[variable.Length..]);
                }
            }
        }
        return null;
    }

    private static MetricPlace? Of(string root, string rest)
    {
        var names = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Any(name => name is "." or ".." || name.Contains('\0')))
        {
            return null;
        }
        // The entries of the job's folder that have their own variable.
        return root == JobState && names is [LogsFolder, ..]
            ? new MetricPlace(Logs, string.Join('/', names[1..]))
            : new MetricPlace(root, string.Join('/', names));
    }
}
