using Trainyard.Contracts;

namespace Trainyard.Core.Stores;

/// <summary>
/// Presigned addresses at which a node writes blobs directly, bypassing the service. A store without them returns
/// null, and the node sends the content through the service.
/// </summary>
public interface IDirectBlobs
{
    /// <summary>
    /// An address for an upload of this size to this blob, valid for the lifetime. The blob appears whole or not at
    /// all.
    /// </summary>
    Task<DirectUpload?> CreateUploadAsync(
        BlobName name,
        long bytes,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// An address for appends to this blob at checked positions, valid for the lifetime; creates the blob if needed.
    /// Only the latest address is valid: a newer one, or an append by <see cref="IBlobStore.AppendAsync"/>,
    /// invalidates it.
    /// </summary>
    Task<DirectAppend?> CreateAppendAsync(BlobName name, TimeSpan lifetime, CancellationToken cancellationToken);
}

/// <summary>
/// Without parts: one PUT of the content to the address. With parts: one PUT of each part to its own address, in any
/// order, then a PUT of <see cref="Commit"/> to the main address. The headers belong to the PUT to the main address.
/// </summary>
public sealed record DirectUpload(Uri Url, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The parts of the content, in order.</summary>
    public IReadOnlyList<DirectPart> Parts { get; init; } = [];

    /// <summary>The body that combines the parts into the blob; empty when there are no parts.</summary>
    public string Commit { get; init; } = "";
}

/// <summary>A piece of an upload.</summary>
public sealed record DirectPart(Uri Url, long Bytes);

/// <summary>
/// An address that takes PUTs with these headers, plus one header for the position of the first byte.
/// </summary>
public sealed record DirectAppend(Uri Url, IReadOnlyDictionary<string, string> Headers, string PositionHeader);
