using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>Stages one file: asks where to, and puts it there with its length and SHA-256.</summary>
/// <param name="stores">For addresses that are not the service's.</param>
/// <param name="client">The service.</param>
/// <param name="ask">The call that asks where to.</param>
internal sealed class FileUpload(HttpClient stores, AttemptClient client, Func<UploadRequest, ServiceCall> ask)
{
    private const int MostAddresses = 5;

    /// <summary>Whether it ends with <see cref="ServiceAwayException"/> when the service or its store answers again and again that it cannot.</summary>
    public bool GivesUp { get; init; }

    /// <returns>Bytes staged.</returns>
    /// <exception cref="ServiceRefusedException">It is refused for good.</exception>
    public async Task<long> RunAsync(FoundFile file, CancellationToken cancellationToken)
    {
        using var handle = RegularFile.TryOpen(file.Source) ?? throw new IOException($"'{file.Path}' cannot be read.");
        var bytes = RandomAccess.GetLength(handle);
        var hash = await HashAsync(handle, bytes, cancellationToken);
        using var tries = client.BeginTries();
        for (var addresses = 1; ; addresses++)
        {
            var call = ask(new UploadRequest { Path = file.Path, Bytes = bytes });
            var target = await SendAsync<UploadTarget>(call, cancellationToken);
            var refusal = target is null
                ? "The service gave no address for it."
                : await PutAsync(target, handle, bytes, hash, cancellationToken);
            if (refusal is null)
                return bytes;
            var away = new ServiceAwayException(refusal) { Answered = true };
            if ((GivesUp && addresses == MostAddresses) || !await tries.AgainAsync(away, cancellationToken))
                throw away;
        }
    }

    /// <returns>Null when it is there; else why not, and another address may help.</returns>
    private async Task<string?> PutAsync(
        UploadTarget target,
        SafeFileHandle file,
        long bytes,
        string hash,
        CancellationToken cancellationToken
    )
    {
        if (AttemptRoutes.IsElsewhere(target.Url))
        {
            var upload = new StoreUpload(stores, target, file);
            return await upload.TryAsync(bytes, cancellationToken) ? null : upload.Why;
        }
        var call = client.Routes.Given(HttpMethod.Put, target.Url) with
        {
            Content = () => new HandleContent(file, 0, bytes),
            Headers = new Dictionary<string, string>(target.Headers) { [AgentRoutes.Sha256Header] = hash },
            Timeout = StoreUpload.TimeFor(bytes),
        };
        await SendAsync<object>(call, cancellationToken);
        return null;
    }

    private Task<T?> SendAsync<T>(ServiceCall call, CancellationToken cancellationToken) =>
        GivesUp ? client.FetchAsync<T>(call, cancellationToken) : client.DeliverAsync<T>(call, cancellationToken);

    private static async Task<string> HashAsync(SafeFileHandle file, long bytes, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await HandleContent.ReadAsync(
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
}
