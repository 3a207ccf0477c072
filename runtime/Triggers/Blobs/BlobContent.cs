namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>A file's content as the function's parameter wants it.</summary>
internal static class BlobContent
{
    public static async Task<object> OpenAsync(string path, Type type, CancellationToken cancellationToken)
    {
        if (type == typeof(byte[]))
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        if (type == typeof(string))
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        return new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                // Its owner may replace or remove it meanwhile.
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }
        );
    }
}
