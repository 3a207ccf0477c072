using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>
/// An upload: one PUT for content that fits into one part; otherwise a static large object, whose segments are in a
/// container beside the bucket. A segment's name is its number and its content's MD5, so that a new upload changes
/// nothing visible.
/// </summary>
internal sealed class SwiftUpload(SwiftSession session, ObjectUpload upload)
{
    private const string InSegments = "segments";
    private const int SegmentsPerPage = 1000;

    // Swift takes 256 bytes for a container and 1,024 for an object: these leave room for "_segments", and for the
    // folder, number and name of a segment.
    private const int LongestBucket = 240;
    private const int LongestKey = 900;

    private static readonly TimeSpan GiveUpTimeout = TimeSpan.FromSeconds(60);

    private string Segments => SegmentsOf(upload.Bucket);

    private string Folder => FolderOf(upload.Key);

    /// <summary>The container beside a bucket that holds the segments of its large objects, as other clients name it.</summary>
    public static string SegmentsOf(string bucket) =>
        (Encoding.UTF8.GetByteCount(bucket) > LongestBucket ? HashOf(bucket) : bucket) + "_segments";

    private static string FolderOf(string key) =>
        (Encoding.UTF8.GetByteCount(key) > LongestKey ? HashOf(key) : key) + "/trainyard/";

    // For names that would be longer than Swift takes with what is added to them.
    private static string HashOf(string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Stands for all uploads of a key.</summary>
    public static ObjectUpload AnyOf(string bucket, string key) =>
        new()
        {
            Bucket = bucket,
            Key = key,
            Bytes = 0,
            PartBytes = 1,
            UploadId = InSegments,
        };

    public static async Task<ObjectUpload> BeginAsync(
        SwiftSession session,
        ObjectUpload plan,
        CancellationToken cancellationToken
    )
    {
        if (plan.Parts == 1)
        {
            return plan;
        }
        using var bucket = await session.SendAsync(
            HttpMethod.Head,
            SwiftPath.Of(plan.Bucket),
            prepare: null,
            cancellationToken
        );
        using var made = await session.SendAsync(
            HttpMethod.Put,
            SwiftPath.Of(SegmentsOf(plan.Bucket)),
            prepare: null,
            cancellationToken
        );
        return plan with { UploadId = InSegments };
    }

    public async Task<PartReceipt> WritePartAsync(
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, upload.Parts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, upload.LengthOf(part));
        await using var prepared = await PartContent.PrepareAsync(content, length, cancellationToken);
        var md5 = prepared.Md5Hex;
        var path = upload.UploadId is null
            ? SwiftPath.Of(upload.Bucket, upload.Key)
            : SwiftPath.Of(Segments, SegmentName(upload.Key, part, md5));
        using var response = await session.SendAsync(
            HttpMethod.Put,
            path,
            request => Fill(request, prepared.Stream, length, md5),
            cancellationToken
        );
        return new PartReceipt(part, length, md5, md5);
    }

    public async Task<StoredObject> CompleteAsync(
        IReadOnlyList<PartReceipt> receipts,
        CancellationToken cancellationToken
    )
    {
        receipts = [.. receipts.OrderBy(receipt => receipt.Part)];
        if (!receipts.Select(receipt => receipt.Part).SequenceEqual(Enumerable.Range(0, upload.Parts)))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"{receipts.Count} of {upload.Parts} parts of '{upload.Key}' were written."
            );
        }
        if (upload.UploadId is null)
        {
            return await VerifyAsync(receipts[0].Md5, cancellationToken);
        }
        // When this PUT answers "not found", the bucket is what is missing.
        await SwiftObjectStore.OnBucketAsync(
            upload.Bucket,
            async token =>
            {
                await JoinAsync(receipts, token);
                return true;
            },
            cancellationToken
        );
        var stored = await VerifyAsync(TagOf(receipts), cancellationToken);
        var kept = receipts.Select(SegmentName).ToHashSet(StringComparer.Ordinal);
        await DeleteSegmentsAsync(name => !kept.Contains(name), cancellationToken);
        return stored;
    }

    public async Task<StoredObject?> GiveUpAsync()
    {
        using var timeout = new CancellationTokenSource(GiveUpTimeout);
        if (upload.UploadId is null)
        {
            await DeleteAsync(SwiftPath.Of(upload.Bucket, upload.Key), timeout.Token);
        }
        else
        {
            var used = await SegmentsInUseAsync(timeout.Token);
            // An upload whose parts a node writes directly deletes only its own segments, not others of its key.
            var end = StraightUploadId.NameOf(upload) ?? "";
            await DeleteSegmentsAsync(
                name => !used.Contains(name) && name.EndsWith(end, StringComparison.Ordinal),
                timeout.Token
            );
        }
        return null;
    }

    private static void Fill(HttpRequestMessage request, Stream content, long length, string md5)
    {
        request.Content = new PartHttpContent(content, length);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        // The server compares the ETag with the content that arrives.
        request.Headers.TryAddWithoutValidation("ETag", md5);
    }

    /// <param name="key">The object's key.</param>
    /// <param name="part">The segment's number.</param>
    /// <param name="name">The content's MD5, or the common name of all segments of the upload.</param>
    public static string SegmentName(string key, int part, string name) => $"{FolderOf(key)}{part:D6}-{name}";

    private string SegmentName(PartReceipt receipt) =>
        SegmentName(upload.Key, receipt.Part, StraightUploadId.NameOf(upload) ?? receipt.Md5);

    // The ETag of a static large object, by Swift's rule.
    private static string TagOf(IReadOnlyList<PartReceipt> receipts)
    {
        var tags = string.Concat(receipts.Select(receipt => receipt.Md5));
#pragma warning disable CA5351 // Swift defines it so; it guards against accidents, not attacks.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(tags)));
#pragma warning restore CA5351
    }

    private async Task JoinAsync(IReadOnlyList<PartReceipt> receipts, CancellationToken cancellationToken)
    {
        var manifest = new JsonArray([
            .. receipts.Select(receipt => new JsonObject
            {
                ["path"] = $"/{Segments}/{SegmentName(receipt)}",
                ["etag"] = receipt.Md5,
                ["size_bytes"] = receipt.Bytes,
            }),
        ]).ToJsonString();
        using var response = await session.SendAsync(
            HttpMethod.Put,
            SwiftPath.Of(upload.Bucket, upload.Key) + "?multipart-manifest=put",
            request =>
                request.Content = new StringContent(manifest, new MediaTypeHeaderValue("application/octet-stream")),
            cancellationToken
        );
    }

    private async Task<StoredObject> VerifyAsync(string tag, CancellationToken cancellationToken)
    {
        using var head = await session.SendAsync(
            HttpMethod.Head,
            SwiftPath.Of(upload.Bucket, upload.Key),
            prepare: null,
            cancellationToken
        );
        // Some servers omit the quotes that the ETag grammar requires.
        var found = head.Headers.TryGetValues("ETag", out var values) ? values.First().Trim('"') : "";
        return head.Content.Headers.ContentLength == upload.Bytes && found == tag
            ? new StoredObject(upload.Key, upload.Bytes, tag)
            : throw new ObjectStoreException(
                ObjectStoreFailure.Corrupt,
                $"What the store holds of '{upload.Key}' is not what was sent."
            );
    }

    private async Task DeleteSegmentsAsync(Func<string, bool> isToGo, CancellationToken cancellationToken)
    {
        var listing = new SwiftListing(session);
        string? after = null;
        try
        {
            do
            {
                var page = await listing.ListAsync(Segments, Folder, after, SegmentsPerPage, cancellationToken);
                foreach (var segment in page.Objects.Where(segment => isToGo(segment.Key)))
                {
                    await DeleteAsync(SwiftPath.Of(Segments, segment.Key), cancellationToken);
                }
                after = page.Continuation == after ? null : page.Continuation;
            } while (after is not null);
        }
        catch (SwiftError e) when ((int)e.Status is 404)
        {
            // The container of segments does not exist.
        }
    }

    private async Task<HashSet<string>> SegmentsInUseAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await session.SendAsync(
                HttpMethod.Get,
                SwiftPath.Of(upload.Bucket, upload.Key) + "?multipart-manifest=get",
                prepare: null,
                cancellationToken
            );
            if (!response.Headers.Contains("X-Static-Large-Object"))
            {
                return [];
            }
            var manifest = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) as JsonArray;
            return (manifest ?? [])
                .Select(segment => (string?)segment?["name"] ?? "")
                .Select(name =>
                    name.StartsWith($"/{Segments}/", StringComparison.Ordinal) ? name[(Segments.Length + 2)..] : name
                )
                .ToHashSet(StringComparer.Ordinal);
        }
        catch (SwiftError e) when ((int)e.Status is 404)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"'{upload.Key}' has no readable list of segments.",
                e
            );
        }
    }

    private async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await session.SendAsync(HttpMethod.Delete, path, prepare: null, cancellationToken);
        }
        catch (SwiftError e) when ((int)e.Status is 404)
        {
            // The object is gone already.
        }
    }
}
