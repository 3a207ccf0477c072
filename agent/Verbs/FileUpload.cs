using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>Stages one file: requests an upload address, and sends the file with its length and SHA-256.</summary>
/// <param name="stores">The HTTP client for addresses other than the service's.</param>
/// <param name="client">The client of the service.</param>
/// <param name="ask">The call that requests an upload address.</param>
internal sealed class FileUpload(HttpClient stores, AttemptClient client, Func<UploadRequest, ServiceCall> ask)
{
    private const int MostAddresses = 5;

    /// <summary>
    /// Whether to throw <see cref="ServiceAwayException"/> when the service or its store repeatedly answers that it
    /// cannot.
    /// </summary>
    public bool GivesUp { get; init; }

    /// <summary>The direct upload to the user's bucket, which is tried first; null where there is none.</summary>
    public BucketUpload? Bucket { get; init; }

    /// <summary>Told whether the service takes small files together; null where that does not matter.</summary>
    public GroupUpload? Groups { get; init; }

    /// <returns>The number of staged bytes.</returns>
    /// <exception cref="ServiceRefusedException">The file is refused for good.</exception>
    /// <exception cref="FileChangedException">The file was written to meanwhile, or is gone.</exception>
    public async Task<long> RunAsync(FoundFile file, CancellationToken cancellationToken)
    {
        using var handle = RegularFile.TryOpen(file.Source) ?? throw CannotOpen(file);
        var look = FileStamp.Of(handle);
        if (Bucket is not null && await Bucket.TryAsync(file.Path, handle, look, cancellationToken))
        {
            return look.Bytes;
        }
        var read = new ReadFile(handle, look, await HashAsync(handle, look.Bytes, cancellationToken));
        try
        {
            await RunAsync(file.Path, read, cancellationToken);
        }
        catch (ServiceAwayException e) when (FileStamp.Of(handle) != look)
        {
            throw new FileChangedException($"'{file.Path}' changed while it was staged.", e);
        }
        catch (ServiceRefusedException e)
        {
            if (!await IsChangedAsync(read, cancellationToken))
            {
                throw;
            }
            throw new FileChangedException($"'{file.Path}' changed while it was staged.", e);
        }
        return look.Bytes;
    }

    private async Task RunAsync(string path, ReadFile file, CancellationToken cancellationToken)
    {
        using var tries = client.BeginTries();
        for (var addresses = 1; ; addresses++)
        {
            var call = ask(new UploadRequest { Path = path, Bytes = file.Bytes });
            var target = await SendAsync<UploadTarget>(call, cancellationToken);
            if (target is not null)
            {
                Groups?.Learn(target);
            }
            var refusal = target is null
                ? "The service gave no address for it."
                : await PutAsync(target, file, cancellationToken);
            if (refusal is null)
            {
                return;
            }
            var away = new ServiceAwayException(refusal) { Answered = true };
            if ((GivesUp && addresses == MostAddresses) || !await tries.AgainAsync(away, cancellationToken))
            {
                throw away;
            }
        }
    }

    /// <returns>Null on success; else the reason of a failure for which another address may help.</returns>
    private async Task<string?> PutAsync(UploadTarget target, ReadFile file, CancellationToken cancellationToken)
    {
        if (AttemptRoutes.IsElsewhere(target.Url))
        {
            return await PutElsewhereAsync(target, file, cancellationToken);
        }
        var call = client.Routes.Given(HttpMethod.Put, target.Url) with
        {
            Content = () => new FileHandleContent(file.Handle, 0, file.Bytes),
            Headers = new Dictionary<string, string>(target.Headers) { [AgentRoutes.Sha256Header] = file.Sha256 },
            Timeout = StoreUpload.TimeFor(file.Bytes),
        };
        await SendAsync<object>(call, cancellationToken);
        return null;
    }

    // The service checks the hash of the received bytes; a store does not, so the file is checked here.
    private async Task<string?> PutElsewhereAsync(
        UploadTarget target,
        ReadFile file,
        CancellationToken cancellationToken
    )
    {
        var upload = new StoreUpload(stores, target, file.Handle);
        if (!await upload.TryAsync(file.Bytes, cancellationToken))
        {
            return upload.Why;
        }
        return FileStamp.Of(file.Handle) != file.Look && await IsChangedAsync(file, cancellationToken)
            ? throw new FileChangedException("It changed while it was staged.")
            : null;
    }

    private static async Task<bool> IsChangedAsync(ReadFile file, CancellationToken cancellationToken) =>
        RandomAccess.GetLength(file.Handle) < file.Bytes
        || await HashAsync(file.Handle, file.Bytes, cancellationToken) != file.Sha256;

    private static IOException CannotOpen(FoundFile file) =>
        File.Exists(file.Source) && new FileInfo(file.Source).LinkTarget is null
            ? new IOException($"'{file.Path}' cannot be read.")
            : new FileChangedException($"'{file.Path}' is gone.") { IsGone = true };

    private Task<T?> SendAsync<T>(ServiceCall call, CancellationToken cancellationToken) =>
        GivesUp ? client.FetchAsync<T>(call, cancellationToken) : client.DeliverAsync<T>(call, cancellationToken);

    private static async Task<string> HashAsync(SafeFileHandle file, long bytes, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await FileHandleContent.ReadAsync(
            file,
            0,
            bytes,
            piece =>
            {
                sha.AppendData(piece.Span);
                return default;
            },
            cancellationToken
        );
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>An open file, and its state and hash when it was read.</summary>
    private sealed record ReadFile(SafeFileHandle Handle, FileStamp Look, string Sha256)
    {
        public long Bytes => Look.Bytes;
    }
}
