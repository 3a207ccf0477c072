using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The files for the command of a search's run: its hyperparameters as <c>config.json</c> next to the model's code,
/// and a subfolder of LOG_DIR named after SUBID, where programs of 2018 write metrics. The subfolder is a link to
/// LOG_DIR itself.
/// </summary>
internal static class TrialFiles
{
    public const string Configuration = "config.json";

    private const string ThisFolder = ".";

    public static void Add(NodeTask task, AttemptFolders folders)
    {
        if (task.Configuration is { } json)
        {
            Replace(Path.Combine(folders.Model, Configuration), json);
        }
        if (LinkOf(task, folders) is { } link)
        {
            Directory.CreateSymbolicLink(link, ThisFolder);
        }
    }

    /// <summary>
    /// Removes the link, which is not a result. Anything that the command put in its place stays, as it is one.
    /// </summary>
    public static void Remove(NodeTask task, AttemptFolders folders)
    {
        if (LinkOf(task, folders) is { } link && new DirectoryInfo(link).LinkTarget == ThisFolder)
        {
            File.Delete(link);
        }
    }

    private static string? LinkOf(NodeTask task, AttemptFolders folders) =>
        task.SubId is { } subId ? Path.Combine(folders.Logs, subId) : null;

    // A model may bring a config.json for use without a search. It is deleted first, so that a link is not written
    // through.
    private static void Replace(string path, string text)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
        File.WriteAllText(path, text + "\n");
    }
}
