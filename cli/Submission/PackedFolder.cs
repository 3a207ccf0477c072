using System.IO.Compression;
using System.Text;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Packing;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Submission;

/// <summary>A folder packed into a temporary file that nobody else can read and that cannot be left behind.</summary>
internal static class PackedFolder
{
    private const int MostRemarks = 20;

    /// <param name="session">The command that packs.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="cancellationToken">Stops packing.</param>
    public static async Task<FileStream> PackAsync(
        Session session,
        string folder,
        string name,
        CancellationToken cancellationToken
    )
    {
        return await IntoFileAsync(
            session,
            async file =>
            {
                // Both take time for a large folder; the terminal shows it.
                var walk = Task.Run(() => FolderContent.Of(folder, cancellationToken), cancellationToken);
                await ProgressScreen.WaitAsync(session.Terminal, () => "Looking at the model's files", walk);
                var content = await walk;
                Tell(session, name, content.Remarks);
                await PackAsync(session, folder, content, file, cancellationToken);
            }
        );
    }

    /// <summary>Packs one Python file, with a requirements.txt for the packages it is to have.</summary>
    /// <param name="session">The command that packs.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="packages">What it is to have besides what it says itself.</param>
    /// <param name="cancellationToken">Stops packing.</param>
    public static async Task<FileStream> PackScriptAsync(
        Session session,
        string path,
        string name,
        IReadOnlyList<string> packages,
        CancellationToken cancellationToken
    )
    {
        var text = await ReadAsync(path, name, cancellationToken);
        return await IntoFileAsync(
            session,
            async file =>
            {
                await using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
                {
                    await AddAsync(zip, Path.GetFileName(path), text, cancellationToken);
                    if (packages.Count > 0)
                    {
                        var lines = Encoding.UTF8.GetBytes(string.Concat(packages.Select(package => package + '\n')));
                        await AddAsync(zip, "requirements.txt", lines, cancellationToken);
                    }
                }
                await file.FlushAsync(cancellationToken);
            }
        );
    }

    private static async Task<FileStream> IntoFileAsync(Session session, Func<FileStream, Task> write)
    {
        var temporary = session.CliEnvironment.Text("TMPDIR") ?? Path.GetTempPath();
        FileStream? file = null;
        try
        {
            file = Create(temporary);
            await write(file);
            return file;
        }
        catch (Exception e)
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
            // .NET throws the last type when the shell's limit (ulimit -f) forbids the file.
            if (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                throw NoRoom(temporary, e);
            }
            throw;
        }
    }

    private static async Task AddAsync(ZipArchive zip, string name, byte[] content, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = FolderArchive.FixedTime;
        await using var stream = await entry.OpenAsync(cancellationToken);
        await stream.WriteAsync(content, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{name}' cannot be read: {Words.Why(e)}.");
        }
    }

    private static async Task PackAsync(
        Session session,
        string folder,
        FolderContent content,
        FileStream file,
        CancellationToken cancellationToken
    )
    {
        long packed = 0;
        var all = Words.Size(content.Bytes);
        var packing = Task.Run(
            () =>
                FolderArchive.WriteAsync(
                    folder,
                    content,
                    file,
                    bytes => Interlocked.Add(ref packed, bytes),
                    cancellationToken
                ),
            cancellationToken
        );
        await ProgressScreen.WaitAsync(
            session.Terminal,
            () => $"Packing the model: {Words.Size(Interlocked.Read(ref packed))} of {all}",
            packing
        );
        await file.FlushAsync(cancellationToken);
    }

    private static FileStream Create(string folder)
    {
        var path = Path.Combine(folder, $"bx-{Environment.ProcessId}-{Path.GetRandomFileName()}.zip");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous,
        };
        if (OperatingSystem.IsWindows())
        {
            options.Options |= FileOptions.DeleteOnClose;
            return new FileStream(path, options);
        }
        // Other users share the temporary folder, so only the owner may read the archive.
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        // The system deletes a file without a name when this process ends, however it ends.
        File.Delete(path);
        return file;
    }

    private static void Tell(Session session, string name, IReadOnlyList<string> remarks)
    {
        foreach (var remark in remarks.Take(MostRemarks))
        {
            session.Note($"{name}: {remark}");
        }
        if (remarks.Count > MostRemarks)
        {
            session.Note($"{name}: and {remarks.Count - MostRemarks} more like these.");
        }
    }

    private static CliFailure NoRoom(string temporary, Exception thrown) =>
        CliFailure.InvalidInput(
            "no_temporary_file",
            $"The folder cannot be packed in the temporary folder '{temporary}' ({Words.Why(thrown)}): "
                + "set TMPDIR to a folder with room, or give a zip instead."
        );
}
