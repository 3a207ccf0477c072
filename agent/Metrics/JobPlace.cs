using System.Text;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Manifests.Metrics;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// The path of a command's file or folder, opened name by name from a folder that the command does not own, so that no
/// link of the command can lead out of the job.
/// </summary>
internal sealed class JobPlace
{
    private readonly string _root;
    private readonly byte[][] _names;

    public JobPlace(AttemptFolders folders, MetricPlace place)
    {
        _root = folders.Root;
        var folder = place.Root switch
        {
            MetricPlace.Logs => folders.Logs,
            MetricPlace.Results => folders.Results,
            _ => folders.Job,
        };
        var below = Path.GetRelativePath(folders.Root, Path.Combine(folder, place.Path));
        _names = [.. below.Split('/').Select(Encoding.UTF8.GetBytes)];
        Names = place.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The names of the path below its base folder.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The last name of the path, or of the base folder itself.</summary>
    public string Name => Encoding.UTF8.GetString(_names[^1]);

    /// <returns>Null for anything but a readable regular file.</returns>
    public SafeFileHandle? TryOpenFile()
    {
        using var folder = TryOpen(_names.Length - 1);
        return folder?.TryOpenFile(_names[^1]);
    }

    /// <returns>Null while the folder does not exist.</returns>
    public OpenFolder? TryOpenFolder() => TryOpen(_names.Length);

    private OpenFolder? TryOpen(int count)
    {
        var folder = OpenFolder.TryOpen(_root, unlocks: false);
        foreach (var name in _names.Take(count))
        {
            using var parent = folder;
            folder = parent?.TryOpen(name);
        }
        return folder;
    }
}
