using Trainyard.Contracts;
using Trainyard.Manifests.Archives;

namespace Trainyard.Core.Stores;

/// <summary>
/// The service's own blobs: model archives, logs, metrics, staged results, stored models. Names are paths as
/// <see cref="BlobName"/> allows them.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Keeps a blob whole or not at all, replacing one of the same name, durable before it returns. With
    /// <paramref name="expectedSha256"/> (lower-case hex) a difference throws <see cref="BlobChecksumException"/> and keeps nothing.
    /// </summary>
    Task<BlobInfo> PutAsync(BlobName name, Stream content, string? expectedSha256, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps several small blobs, each as <see cref="PutAsync"/> would; their contents follow one another in the stream. When it throws,
    /// any of them may be kept.
    /// </summary>
    async Task PutAllAsync(IReadOnlyList<NewBlob> blobs, Stream contents, CancellationToken cancellationToken)
    {
        foreach (var blob in blobs)
        {
            await PutAsync(blob.Name, new AtMostStream(contents, blob.Bytes), blob.Sha256, cancellationToken);
        }
    }

    /// <summary>
    /// Appends at a checked position: creates the blob at offset 0. When the blob's length is not <paramref name="offset"/>
    /// nothing is written. Gives the length afterwards, so a writer whose answer was lost finds out where it stands.
    /// </summary>
    Task<AppendResult> AppendAsync(
        BlobName name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A range of a blob, to its present end when <paramref name="length"/> is null; empty when the offset is at or past the end.
    /// Null when there is no such blob.
    /// </summary>
    Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>What is known of a blob, or null.</summary>
    Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken);

    /// <summary>The blobs whose name starts with a prefix, in ordinal order of their names' UTF-8.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes every blob whose name starts with the prefix; does nothing where there is none.</summary>
    Task DeleteAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A blob: its size in bytes; its SHA-256 in lower-case hex, null for appended and directly uploaded ones.</summary>
public sealed record BlobInfo(BlobName Name, long Bytes, string? Sha256, DateTimeOffset ModifiedAt);

/// <summary>A blob to be kept: its size in bytes and the SHA-256 of its content, in lower-case hex.</summary>
public sealed record NewBlob(BlobName Name, long Bytes, string Sha256);

/// <summary>Whether an append was written, and the current length of the blob.</summary>
public sealed record AppendResult(bool Written, long Length);

/// <summary>The received content does not match the expected checksum.</summary>
public sealed class BlobChecksumException(BlobName name)
    : IOException($"The content of '{name}' does not match its SHA-256.");
