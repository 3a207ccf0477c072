using System.Net.Sockets;
using System.Security.Cryptography;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Service;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Verbs;

/// <summary>Fetches the model archive; what was submitted is what runs.</summary>
internal sealed class ArchiveDownload(AttemptClient client, NodeTask task)
{
    /// <exception cref="InvalidDataException">Again and again something else came.</exception>
    public async Task RunAsync(AttemptFolders folders, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await client.UseAsync(
                client.Routes.Archive,
                (r, token) => SaveAsync(r, folders.Archive, token),
                cancellationToken
            );
            if (await HashAsync(folders.Archive, cancellationToken) == task.ArchiveSha256)
                return;
            if (attempt == 3)
                throw new InvalidDataException(
                    "The model archive did not arrive as it was submitted: its SHA-256 differs."
                );
        }
    }

    private static async Task SaveAsync(HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var file = File.Create(path);
            await body.CopyToAsync(file, cancellationToken);
        }
        catch (IOException e) when (e is HttpIOException || e.InnerException is SocketException)
        {
            throw new ServiceAwayException($"The model archive broke off: {e.Message}", e) { Answered = true };
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
