using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Submission;

/// <summary>The zip that is sent: the user's own, or a folder packed into a temporary file.</summary>
internal sealed class OutgoingArchive : IDisposable
{
    private readonly FileStream _file;

    private OutgoingArchive(FileStream file, string name) => (_file, Name) = (file, name);

    /// <summary>The user's name for the model.</summary>
    public string Name { get; }

    public long Length => _file.Length;

    public static async Task<OutgoingArchive> OfAsync(
        Session session,
        string model,
        CancellationToken cancellationToken
    )
    {
        var path = session.PathOf(model);
        return new OutgoingArchive(
            Directory.Exists(path)
                ? await PackedFolder.PackAsync(session, path, model, cancellationToken)
                : OpenZip(path, model),
            model
        );
    }

    /// <summary>One Python file, packed, with the packages that it is to have.</summary>
    public static async Task<OutgoingArchive> OfScriptAsync(
        Session session,
        string script,
        IReadOnlyList<string> packages,
        CancellationToken cancellationToken
    )
    {
        var path = session.PathOf(script);
        return new OutgoingArchive(
            await PackedFolder.PackScriptAsync(session, path, script, packages, cancellationToken),
            script
        );
    }

    /// <summary>Returns the archive from its beginning. Every try sends the file that was opened first.</summary>
    public Stream Open(Action<long>? read = null) => new ArchiveStream(_file.SafeFileHandle, read ?? (_ => { }));

    public void Dispose() => _file.Dispose();

    private static FileStream OpenZip(string path, string name)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                bufferSize: 0,
                FileOptions.Asynchronous
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{name}' cannot be read: {Words.Why(e)}.");
        }
    }
}
