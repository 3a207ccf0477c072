namespace Trainyard.Core.Stores;

/// <summary>A stream kept aside where it must be read twice or in any order. Gone when it is closed.</summary>
public static class TemporaryFile
{
    /// <summary>The content, from its start, seekable.</summary>
    public static async Task<FileStream> KeepAsync(Stream content, CancellationToken cancellationToken)
    {
        var file = Create();
        try
        {
            await content.CopyToAsync(file, cancellationToken);
        }
        catch (Exception)
        {
            await file.DisposeAsync();
            throw;
        }
        file.Position = 0;
        return file;
    }

    /// <summary>An empty file, to be written first and then read.</summary>
    public static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}
