using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives.Zip;

internal static class StreamReading
{
    /// <summary>Fills the buffer from a place in the stream.</summary>
    /// <exception cref="ArchiveException">The stream ends before.</exception>
    public static async Task ReadAtAsync(
        this Stream stream,
        long offset,
        Memory<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        stream.Position = offset;
        if (
            await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
            < buffer.Length
        )
        {
            throw ZipProblems.Damaged("it ends too early");
        }
    }
}
