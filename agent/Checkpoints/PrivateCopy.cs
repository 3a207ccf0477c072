using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Checkpoints;

/// <summary>
/// A copy of one file of a live folder that the command cannot reach. Sending takes long, and the command may write to
/// its file meanwhile.
/// </summary>
internal sealed class PrivateCopy(string path)
{
    public string Path => path;

    /// <returns>The SHA-256 of the copy; null when the file changed while it was read.</returns>
    /// <exception cref="IOException">The disk has no room for the copy.</exception>
    public async Task<string?> MakeAsync(SafeFileHandle file, FileStamp look, CancellationToken cancellationToken)
    {
        EnsureRoom(look.Bytes);
        await using var copy = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await FileHandleContent.ReadAsync(
                file,
                0,
                look.Bytes,
                piece =>
                {
                    sha.AppendData(piece.Span);
                    return copy.WriteAsync(piece, cancellationToken);
                },
                cancellationToken
            );
        }
        catch (IOException) when (FileStamp.Of(file) != look)
        {
            return null;
        }
        return FileStamp.Of(file) == look ? Convert.ToHexStringLower(sha.GetHashAndReset()) : null;
    }

    public void Delete() => File.Delete(path);

    // The copy must not fill the disk that the command needs.
    private void EnsureRoom(long bytes)
    {
        var free = new DriveInfo(System.IO.Path.GetDirectoryName(path)!).AvailableFreeSpace;
        if (free / 2 < bytes)
        {
            throw new IOException($"Too little disk is free for a copy of {bytes} bytes.");
        }
    }
}
