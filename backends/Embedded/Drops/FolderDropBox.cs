using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Drops;

/// <summary>Dropped files in the folder <c>drop/</c> of the state folder, one folder below it for each owner.</summary>
internal sealed class FolderDropBox(string root) : IDropBox
{
    public Task<DroppedFile?> OpenAsync(Owner owner, string name, CancellationToken cancellationToken)
    {
        try
        {
            var path = PathOf(owner, name);
            var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Task.FromResult<DroppedFile?>(
                new DroppedFile(content, new DateTimeOffset(File.GetLastWriteTimeUtc(path)))
            );
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<DroppedFile?>(null);
        }
    }

    public async Task AnswerAsync(
        Owner owner,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(owner, name);
        // The trigger passes over names that begin with a dot.
        var part = PathOf(owner, $".{name}.part");
        await File.WriteAllBytesAsync(part, content, cancellationToken);
        File.Move(part, path, overwrite: true);
    }

    // The trigger watches the folder, and knows when a file is complete.
    public IAsyncEnumerable<DroppedName> ListAsync(CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DroppedName>();

    private string PathOf(Owner owner, string name)
    {
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\\0"))
            throw new ArgumentException("Not a file name.", nameof(name));
        return Path.Combine(root, owner.ToString(), name);
    }
}
