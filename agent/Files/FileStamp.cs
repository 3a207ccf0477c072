using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Files;

/// <summary>The length and time of a file, which show whether it was written to.</summary>
internal sealed record FileStamp(long Bytes, DateTimeOffset ModifiedAt)
{
    public static FileStamp Of(SafeFileHandle file) =>
        new(RandomAccess.GetLength(file), new DateTimeOffset(File.GetLastWriteTimeUtc(file)));
}
