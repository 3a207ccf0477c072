namespace Trainyard.Tests.Shared;

/// <summary>A folder of one test's own, gone with everything in it when the test ends.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trainyard-").FullName;

    /// <summary>The full path of a name below the folder, its own folder made.</summary>
    public string File(string relativePath)
    {
        var path = System.IO.Path.Combine(Path, relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public string Folder(string relativePath) =>
        Directory.CreateDirectory(System.IO.Path.Combine(Path, relativePath)).FullName;

    public string Write(string relativePath, string text)
    {
        var path = File(relativePath);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        // A child that is being killed may still write for a moment.
        for (var attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && attempt < 5)
            {
                Thread.Sleep(20 * attempt);
            }
        }
    }
}
