using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// What the command of a search's run finds: its hyperparameters as <c>config.json</c> beside the model's code, and a folder
/// of LOG_DIR named after SUBID, where programs of 2018 write their metrics. That folder is LOG_DIR itself.
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

    /// <summary>The link is no result; what the command put in its place is.</summary>
    public static void Remove(NodeTask task, AttemptFolders folders)
    {
        if (LinkOf(task, folders) is { } link && new DirectoryInfo(link).LinkTarget == ThisFolder)
        {
            File.Delete(link);
        }
    }

    private static string? LinkOf(NodeTask task, AttemptFolders folders) =>
        task.SubId is { } subId ? Path.Combine(folders.Logs, subId) : null;

    // A model's code may bring one of its own, for when nothing is searched. Whatever that is, it is not written through.
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
