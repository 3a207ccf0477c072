using Trainyard.Agent.Files;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Transfers;

/// <summary>Decides where objects go in the data folder.</summary>
internal sealed class DataFolder(string root, SkippedLines skipped)
{
    // Keys come in order, so most files are in the folder of the one before.
    private string? _lastFolder;

    /// <returns>
    /// The file to write, whose folder exists now; null, with a line in the log, when the key cannot be a file.
    /// </returns>
    public string? Prepare(string key)
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
        skipped.Add($"Skipped an object of the data bucket: another object is in its way: {PrintableText.Of(key)}");
        return null;
    }

    // A bucket can have both keys "a" and "a/b", but a disk cannot.
    private bool TryMakeFolder(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            if (folder != _lastFolder)
            {
                Directory.CreateDirectory(folder);
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
