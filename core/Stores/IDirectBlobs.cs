using Trainyard.Contracts;

namespace Trainyard.Core.Stores;

/// <summary>
/// Addresses at which a node writes blobs itself, without the service in between. A store that has none gives null, and the
/// node sends the content through the service.
/// </summary>
public interface IDirectBlobs
{
    /// <summary>Where content of so many bytes may be put as this blob until the lifetime ends. It is there whole or not at all.</summary>
    Task<DirectUpload?> CreateUploadAsync(
        BlobName name,
        long bytes,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Where this blob may be appended to at checked positions until the lifetime ends; makes the blob where there is none. Only
    /// the latest address is good: another one, or an append by <see cref="IBlobStore.AppendAsync"/>, makes it void.
    /// </summary>
    Task<DirectAppend?> CreateAppendAsync(BlobName name, TimeSpan lifetime, CancellationToken cancellationToken);
}

/// <summary>
/// Without parts: one PUT of the content at the address. With parts: a PUT of each at its own, in any order, and then one of
/// <see cref="Commit"/> at the address. The headers go with the PUT at the address.
/// </summary>
public sealed record DirectUpload(Uri Url, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The content cut in pieces, from its beginning.</summary>
    public IReadOnlyList<DirectPart> Parts { get; init; } = [];

    /// <summary>What makes the blob of the parts; empty where there are none.</summary>
    public string Commit { get; init; } = "";
}

/// <summary>A piece of an upload.</summary>
public sealed record DirectPart(Uri Url, long Bytes);

/// <summary>An address that takes PUTs with these headers and the position of the first byte in one more.</summary>
public sealed record DirectAppend(Uri Url, IReadOnlyDictionary<string, string> Headers, string PositionHeader);
