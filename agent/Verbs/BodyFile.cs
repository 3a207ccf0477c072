using System.Net.Sockets;
using System.Security.Cryptography;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>An answer's body as a file.</summary>
internal static class BodyFile
{
    /// <exception cref="ServiceAwayException">It broke off.</exception>
    public static async Task SaveAsync(HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var file = File.Create(path);
            await body.CopyToAsync(file, cancellationToken);
        }
        catch (IOException e) when (e is HttpIOException || e.InnerException is SocketException)
        {
            throw new ServiceAwayException($"The answer broke off: {e.Message}", e) { Answered = true };
        }
    }

    /// <summary>The SHA-256 of a file, lower-case hex.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
