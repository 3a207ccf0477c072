using System.Globalization;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Keeps a second process out of the state folder for as long as it is held; the system frees it at a crash.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream file;

    private StateLock(FileStream file) => this.file = file;

    /// <exception cref="DurableStorageException">Another process holds it.</exception>
    public static StateLock Take(string path)
    {
        try
        {
            var taken = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            taken.SetLength(0);
            taken.Write(
                System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            );
            taken.Flush();
            return new StateLock(taken);
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

    public void Dispose() => file.Dispose();

    private static string OwnerOf(string path)
    {
        try
        {
            using var owner = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(owner);
            return $" (process {reader.ReadToEnd()})";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
