using Trainyard.Core.Stores;
using Trainyard.Storage;

namespace Trainyard.Backends.Drops;

/// <summary>Dropped files in the folder <c>drop/</c> of the state folder, one folder below it for each owner.</summary>
internal sealed class FolderDropBox(string root) : IDropBox
{
    public Task<DroppedFile?> OpenAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var path = PathOf(folder, name);
        return Task.FromResult(
            PlainFile.TryOpen(path) is { } content
                ? new DroppedFile(content, new DateTimeOffset(File.GetLastWriteTimeUtc(content.SafeFileHandle)))
                : null
        );
    }

    public async Task AnswerAsync(
        string folder,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(folder, name);
        // The trigger skips names that begin with a dot. The name is random and the file must be new, so that a user
        // who can write into the folder cannot plant a link there.
        var part = PathOf(folder, $".{Path.GetRandomFileName()}.part");
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(content, cancellationToken);
            }
            File.Move(part, path, overwrite: true);
        }
        catch (Exception)
        {
            File.Delete(part);
            throw;
        }
    }

    public Task RemoveAsync(string folder, string name, CancellationToken cancellationToken)
    {
        File.Delete(PathOf(folder, name));
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<DroppedName> ListAsync(string? folder, CancellationToken cancellationToken) =>
        List(folder).ToAsyncEnumerable();

    private IEnumerable<DroppedName> List(string? only)
    {
        var folders = new DirectoryInfo(root);
        if (!folders.Exists)
        {
            return [];
        }
        return folders
            .EnumerateDirectories(only ?? "*", Everything)
            .Where(folder => only is null || folder.Name == only)
            .SelectMany(folder =>
                folder
                    .EnumerateFiles("*", Everything)
                    .Select(file => new DroppedName(folder.Name, file.Name, new DateTimeOffset(file.LastWriteTimeUtc)))
            );
    }

    private static EnumerationOptions Everything { get; } =
        new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = true };

    private string PathOf(string folder, string name) => Path.Combine(root, Step(folder), Step(name));

    private static string Step(string name) =>
        name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\\0")
            ? throw new ArgumentException("Not a file name.", nameof(name))
            : name;
}
