using System.Globalization;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// Keeps a second process out of the state folder while the lock is held. The system frees the lock at a crash.
/// </summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <exception cref="DurableStorageException">Another process holds it.</exception>
    public static StateLock Take(string path)
    {
        try
        {
            var taken = new StateLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
            File.WriteAllText(OwnerFile(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return taken;
        }
        catch (IOException inUse) when (File.Exists(path))
        {
            throw new DurableStorageException(
                $"The state folder {Path.GetDirectoryName(path)} is in use by another process{OwnerOf(path)}. "
                    + "Stop that one first, or use another state folder.",
                inUse
            );
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The locked file itself cannot be read by others.</summary>
    private static string OwnerFile(string path) => Path.ChangeExtension(path, ".owner");

    private static string OwnerOf(string path) =>
        File.Exists(OwnerFile(path)) ? $" (process {File.ReadAllText(OwnerFile(path))})" : "";
}
