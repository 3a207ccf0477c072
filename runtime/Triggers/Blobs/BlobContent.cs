using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Reads a file's content as the type of the function's parameter.</summary>
internal static class BlobContent
{
    /// <exception cref="FileNotFoundException">There is no such file any more: gone, or another thing in its place.</exception>
    public static async Task<object> OpenAsync(string path, Type type, CancellationToken cancellationToken)
    {
        // Anyone who may write to the folder can replace the file by a pipe, and opening a pipe must not block.
        var content = PlainFile.TryOpen(path) ?? throw new FileNotFoundException("There is no such file.", path);
        if (type != typeof(byte[]) && type != typeof(string))
        {
            return content;
        }

        await using (content)
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            bytes.Position = 0;
            return type == typeof(byte[])
                ? bytes.ToArray()
                : await new StreamReader(bytes).ReadToEndAsync(cancellationToken);
        }
    }
}
