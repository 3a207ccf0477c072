using System.Security.Cryptography;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Tests.BadLines;

/// <summary>What a node, which has no credentials, does with a large result: to the bucket, at the addresses that it is given.</summary>
internal static class NodeUpload
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <returns>False where the store has no addresses.</returns>
    public static async Task<bool> TryAsync(
        StoringHost host,
        string path,
        byte[] content,
        Func<Func<CancellationToken, Task>, Task> repeat
    )
    {
        await using var store = host.OpenResults();
        if (store.PresignedUploads is not { } presigned)
        {
            return false;
        }
        var begun = await host.BucketUploads.BeginAsync(host.Record, 1, path, content.Length, presigned, default);
        if (begun is not { Upload: var upload })
        {
            return false;
        }
        var addresses = await presigned.PresignAsync(upload, 0, upload.Parts, Lifetime, default);
        var parts = new List<BucketPart>();
        for (var part = 0; part < upload.Parts; part++)
        {
            var bytes = content.AsMemory((int)(part * upload.PartBytes), (int)upload.LengthOf(part)).ToArray();
            await repeat(async token => parts.Add(await PutAsync(presigned, addresses[parts.Count], bytes, token)));
        }
        var commit = new BucketUploadCommit
        {
            Path = path,
            Bytes = content.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Parts = parts,
        };
        return await host.BucketUploads.TryCommitAsync(host.Run, 1, commit, default);
    }

    private static async Task<BucketPart> PutAsync(
        IPresignedUploads presigned,
        Uri address,
        byte[] bytes,
        CancellationToken cancellationToken
    )
    {
        var hash = CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentMD5 = hash;
        if (presigned.ChecksETags)
        {
            request.Headers.TryAddWithoutValidation("ETag", Convert.ToHexStringLower(hash));
        }
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var md5 = Convert.ToHexStringLower(hash);
        var tag = presigned.AnswersWithETags ? answer.Headers.GetValues("ETag").Single().Trim('"') : md5;
        return new BucketPart(tag, md5);
    }
}
