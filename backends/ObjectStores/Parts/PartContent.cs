using Trainyard.Storage;

namespace Trainyard.Backends.ObjectStores.Parts;

/// <summary>
/// A part that can be read more than once: for its MD5, for the signature, and for retries. Content that cannot be
/// reread is copied to a temporary file.
/// </summary>
internal sealed class PartContent : IAsyncDisposable
{
    private readonly Stream? _temporary;
    private readonly byte[] _md5;

    private PartContent(Stream stream, Stream? temporary, byte[] md5)
    {
        Stream = stream;
        _temporary = temporary;
        _md5 = md5;
    }

    public Stream Stream { get; }

    public string Md5Base64 => Convert.ToBase64String(_md5);

    public string Md5Hex => Convert.ToHexStringLower(_md5);

    public static async Task<PartContent> PrepareAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        if (content.CanSeek && content.Position == 0 && content.Length == length)
        {
            var hash = await Md5Copy.CopyAsync(content, Stream.Null, length, cancellationToken);
            content.Position = 0;
            return new PartContent(content, temporary: null, hash);
        }
        var file = OpenTemporary();
        try
        {
            var hash = await Md5Copy.CopyAsync(content, file, length, cancellationToken);
            file.Position = 0;
            return new PartContent(file, file, hash);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _temporary?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static FileStream OpenTemporary()
    {
        var options = DurableFiles.NewPrivateFile();
        options.Access = FileAccess.ReadWrite;
        options.Options |= FileOptions.DeleteOnClose;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"trainyard-{Guid.NewGuid():N}.part"), options);
    }
}
