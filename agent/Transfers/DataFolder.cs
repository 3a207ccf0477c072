using Trainyard.Agent.Files;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Transfers;

/// <summary>Maps object keys to files in the data folder.</summary>
internal sealed class DataFolder(string root, SkippedLines skipped)
{
    // The keys are sorted, so most files are in the folder of the file before.
    private string? _lastFolder;

    /// <returns>
    /// The path of the file to write, after its folder was made; null, with a line in the log, when no such file is
    /// possible.
    /// </returns>
    /// <param name="key">The object's name below the prefix.</param>
    /// <param name="bytes">Its size. An empty one only marks a folder where others lie below it.</param>
    public string? Prepare(string key, long bytes)
    {
        if (ObjectKey.IsFolder(key))
        {
            return null;
        }
        if (ObjectKey.ToPath(key) is not { } relative)
        {
            skipped.Add($"Skipped an object of the data bucket: its key is no file name: {PrintableText.Of(key)}");
            return null;
        }
        var path = Path.Combine(root, relative);
        if (TryMakeFolder(path))
        {
            return path;
        }
        if (bytes == 0 && Directory.Exists(path))
        {
            return null;
        }
        skipped.Add($"Skipped an object of the data bucket: another object is in its way: {PrintableText.Of(key)}");
        return null;
    }

    // Some tools mark the folder of "a/b" by an empty object "a". One that is still on its way is writable.
    private void ClearMarkers(string folder)
    {
        for (var at = folder; at.Length > root.Length; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at) is { Exists: true, Length: 0, UnixFileMode: DataFiles.Mode } marker)
            {
                marker.Delete();
                return;
            }
        }
    }

    // The keys "a" and "a/b" can both be in a bucket, but not on a disk.
    private bool TryMakeFolder(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            if (folder != _lastFolder)
            {
                if (!Directory.Exists(folder))
                {
                    ClearMarkers(folder);
                    Directory.CreateDirectory(folder);
                }
                _lastFolder = folder;
            }
            return !Directory.Exists(path);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
