using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>A file's content as the function's parameter wants it.</summary>
internal static class BlobContent
{
    /// <exception cref="FileNotFoundException">There is no such file any more: gone, or another thing in its place.</exception>
    public static async Task<object> OpenAsync(string path, Type type, CancellationToken cancellationToken)
    {
        // Whoever may write into the folder can put a pipe in the file's place, which must not be waited for.
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
