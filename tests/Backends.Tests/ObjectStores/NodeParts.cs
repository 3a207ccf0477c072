using System.Security.Cryptography;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores;

/// <summary>Parts as a node puts them: without credentials, at the addresses that it is given.</summary>
internal static class NodeParts
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>All parts of an upload.</summary>
    public static async Task<IReadOnlyList<PartReceipt>> PutAsync(
        IPresignedUploads presigned,
        ObjectUpload upload,
        byte[] content
    )
    {
        var addresses = await presigned.PresignAsync(upload, 0, upload.Parts, Lifetime, default);
        var receipts = new List<PartReceipt>();
        for (var part = 0; part < upload.Parts; part++)
        {
            var bytes = content.AsSpan((int)(part * upload.PartBytes), (int)upload.LengthOf(part)).ToArray();
            using var answer = await PutAsync(presigned, addresses[part], bytes);
            answer.EnsureSuccessStatusCode();
            var md5 = Convert.ToHexStringLower(Md5(bytes));
            var checksum = presigned.AnswersWithETags ? answer.Headers.GetValues("ETag").Single().Trim('"') : md5;
            receipts.Add(new PartReceipt(part, bytes.Length, checksum, md5));
        }
        return receipts;
    }

    /// <summary>One part, with the MD5 of what is said to be in it.</summary>
    public static async Task<HttpResponseMessage> PutAsync(
        IPresignedUploads presigned,
        Uri address,
        byte[] bytes,
        byte[]? md5Of = null
    )
    {
        var md5 = Md5(md5Of ?? bytes);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentMD5 = md5;
        if (presigned.ChecksETags)
        {
            request.Headers.TryAddWithoutValidation("ETag", Convert.ToHexStringLower(md5));
        }
        return await http.SendAsync(request);
    }

    private static byte[] Md5(byte[] bytes) => CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes);
}
