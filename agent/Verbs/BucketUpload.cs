using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Uploads large files directly to the user's bucket, in parallel parts, where the service has addresses for that. All
/// other files are staged.
/// </summary>
/// <param name="stores">The HTTP client for addresses other than the service's.</param>
/// <param name="client">The client of the service.</param>
/// <param name="tell">Gets the reason why a file is staged after all.</param>
internal sealed class BucketUpload(HttpClient stores, AttemptClient client, Action<string> tell)
{
    /// <summary>The smallest part that stores take; files up to this size are staged.</summary>
    private const long LeastBytes = 5 << 20;

    private const int MostFailures = 2;
    private const int PartsAtOnce = 4;

    private int _failures;

    /// <returns>Whether the whole file is in the bucket. On false, no part of it is visible there.</returns>
    /// <exception cref="FileChangedException">The file was written to during the upload.</exception>
    public async Task<bool> TryAsync(
        string path,
        SafeFileHandle file,
        FileStamp look,
        CancellationToken cancellationToken
    )
    {
        if (look.Bytes <= LeastBytes || Volatile.Read(ref _failures) >= MostFailures)
        {
            return false;
        }
        try
        {
            var addresses = new PartAddresses(client, path, look.Bytes);
            if (!await addresses.TryAskAsync(part: 0, cancellationToken))
            {
                return false;
            }
            var commit = await SendAsync(addresses, file, cancellationToken);
            if (FileStamp.Of(file) != look)
            {
                throw new FileChangedException($"'{path}' changed while it was uploaded.");
            }
            await client.DeliverAsync<object>(client.Routes.CommitToBucket(commit), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is ServiceRefusedException or ServiceAwayException or BucketPartException)
        {
            Interlocked.Increment(ref _failures);
            tell($"'{PrintableText.Of(path)}' goes through the service: {PrintableText.Of(e.Message)}");
            return false;
        }
    }

    private async Task<BucketUploadCommit> SendAsync(
        PartAddresses addresses,
        SafeFileHandle file,
        CancellationToken cancellationToken
    )
    {
        var parts = new BucketPart[addresses.Parts];
        using var hash = new PartHash(file);
        await Parallel.ForEachAsync(
            HashesAsync(hash, addresses),
            new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken },
            async (part, token) => parts[part.Number] = await new PartPut(stores, addresses, file).RunAsync(part, token)
        );
        return new BucketUploadCommit
        {
            Path = addresses.Path,
            Bytes = addresses.Bytes,
            Sha256 = hash.End(),
            Parts = parts,
        };
    }

    // Hashes the parts in order, for the hash of the whole file, while earlier parts are being sent.
    private static async IAsyncEnumerable<FilePart> HashesAsync(PartHash hash, PartAddresses addresses)
    {
        for (var number = 0; number < addresses.Parts; number++)
        {
            var (from, bytes) = addresses.RangeOf(number);
            yield return new FilePart(number, from, bytes, await hash.NextAsync(from, bytes));
        }
    }
}

/// <summary>A part of a file, and the MD5 of its content when it was read.</summary>
internal sealed record FilePart(int Number, long From, long Bytes, byte[] Md5);

/// <summary>A part cannot be sent to the bucket.</summary>
internal sealed class BucketPartException(string message) : Exception(message);
