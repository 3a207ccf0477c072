using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Azure.Blobs;

/// <summary>
/// Direct access to blobs for nodes, by a shared access signature for each blob. An upload's address permits only to
/// write, an append's only to add. An append's address is tied to a lease of the blob, which ends with the next
/// address or an append by the service.
/// </summary>
internal sealed class SasBlobs(BlobContainerClient container, TimeProvider time) : IDirectBlobs
{
    // Azure allows 50,000 parts; an answer with this many addresses is large enough.
    private const int MostParts = 10_000;

    private const string PositionHeader = "x-ms-blob-condition-appendpos";

    private static readonly Dictionary<string, string> BlockBlob = new() { ["x-ms-blob-type"] = "BlockBlob" };
    private static readonly Dictionary<string, string> None = [];

    private readonly SasAddresses _addresses = new(container, time);
    private readonly BlobAppends _appends = new(container);

    /// <summary>
    /// Larger contents are uploaded in parts of this size, so that a retry repeats only the part that failed. One PUT
    /// takes at most 5,000 MiB.
    /// </summary>
    public long PartBytes { get; init; } = 256L << 20;

    public async Task<DirectUpload?> CreateUploadAsync(
        BlobName name,
        long bytes,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    )
    {
        const BlobSasPermissions Write = BlobSasPermissions.Create | BlobSasPermissions.Write;
        var address = await _addresses.CreateAsync(name, Write, lifetime, cancellationToken);
        return bytes <= PartBytes ? new DirectUpload(address, BlockBlob) : InParts(address, bytes);
    }

    public async Task<DirectAppend?> CreateAppendAsync(
        BlobName name,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    )
    {
        var lease = await _appends.LeaseAsync(name, cancellationToken);
        if (lease is null)
        {
            return null;
        }
        var address = await _addresses.CreateAsync(name, BlobSasPermissions.Add, lifetime, cancellationToken);
        var headers = new Dictionary<string, string> { ["x-ms-lease-id"] = lease };
        return new DirectAppend(With(address, "comp=appendblock"), headers, PositionHeader);
    }

    private DirectUpload InParts(Uri address, long bytes)
    {
        var size = Math.Max(PartBytes, (bytes + MostParts - 1) / MostParts);
        var upload = RandomNumberGenerator.GetBytes(12);
        var names = Enumerable.Range(0, (int)((bytes + size - 1) / size)).Select(part => BlockName(upload, part));
        List<string> blocks = [.. names];
        return new DirectUpload(With(address, "comp=blocklist"), None)
        {
            Parts =
            [
                .. blocks.Select(
                    (block, i) =>
                        new DirectPart(
                            With(address, $"comp=block&blockid={Uri.EscapeDataString(block)}"),
                            Math.Min(size, bytes - (i * size))
                        )
                ),
            ],
            Commit = $"<BlockList>{string.Concat(blocks.Select(block => $"<Latest>{block}</Latest>"))}</BlockList>",
        };
    }

    // Names contain the upload's id, so that blocks of two concurrent uploads cannot be mixed up.
    private static string BlockName(byte[] upload, int part)
    {
        Span<byte> name = stackalloc byte[upload.Length + sizeof(int)];
        upload.CopyTo(name);
        BinaryPrimitives.WriteInt32BigEndian(name[upload.Length..], part);
        return Convert.ToBase64String(name);
    }

    private static Uri With(Uri address, string query) => new($"{address.AbsoluteUri}&{query}");
}
