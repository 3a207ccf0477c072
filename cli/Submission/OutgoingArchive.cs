using Trainyard.Cli.Commands;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Archives;

namespace Trainyard.Cli.Submission;

/// <summary>The zip to send: the user's own, or one made of a folder and deleted afterwards.</summary>
internal sealed class OutgoingArchive : IDisposable
{
    private readonly string? temporary;

    private OutgoingArchive(string path, string name, bool isTemporary)
    {
        (File, Name) = (path, name);
        temporary = isTemporary ? path : null;
    }

    public string File { get; }

    /// <summary>What the user calls the model.</summary>
    public string Name { get; }

    public static async Task<OutgoingArchive> OfAsync(
        Session session,
        string model,
        CancellationToken cancellationToken
    )
    {
        var path = session.PathOf(model);
        if (!Directory.Exists(path))
            return new OutgoingArchive(path, model, isTemporary: false);
        var zip = Path.Combine(Path.GetTempPath(), $"bx-{Environment.ProcessId}-{Path.GetRandomFileName()}.zip");
        var archive = new OutgoingArchive(zip, model, isTemporary: true);
        try
        {
            await ProgressScreen.WaitAsync(
                session.Terminal,
                "Packing the model",
                archive.PackAsync(path, cancellationToken)
            );
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (temporary is not null)
            System.IO.File.Delete(temporary);
    }

    private async Task PackAsync(string folder, CancellationToken cancellationToken)
    {
        // The temporary folder is everybody's; the code in it is the user's.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var zip = new FileStream(File, options);
        await ArchiveBuilder.FromFolderAsync(folder, zip, cancellationToken);
    }
}
