using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>Checks a file's content by its length and the MD5s of its parts.</summary>
internal static class FileContent
{
    public static FileStream Open(string path, FileMode mode, FileAccess access) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = mode,
                Access = access,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            }
        );

    /// <summary>Whether a file exists with the upload's length and parts that match the receipts.</summary>
    public static async Task<bool> IsAsync(
        string path,
        ObjectUpload upload,
        IEnumerable<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path))
        {
            return false;
        }
        await using var file = Open(path, FileMode.Open, FileAccess.Read);
        if (file.Length != upload.Bytes)
        {
            return false;
        }
        foreach (var receipt in receipts.OrderBy(r => r.Part))
        {
            file.Position = receipt.Part * upload.PartBytes;
            var length = upload.LengthOf(receipt.Part);
            if (receipt.Md5 != await CopyAsync(file, Stream.Null, length, cancellationToken))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Copies a number of bytes and returns their MD5, lower-case hex.</summary>
    public static async Task<string> CopyAsync(
        Stream from,
        Stream to,
        long length,
        CancellationToken cancellationToken
    ) => Convert.ToHexStringLower(await Md5Copy.CopyAsync(from, to, length, cancellationToken));
}
