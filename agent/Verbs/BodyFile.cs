using System.Security.Cryptography;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>Saves an answer's body as a file.</summary>
internal static class BodyFile
{
    /// <exception cref="ServiceAwayException">The connection broke, or no byte came for too long.</exception>
    public static async Task SaveAsync(
        HttpResponseMessage response,
        string path,
        TimeSpan silence,
        CancellationToken cancellationToken
    )
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        long length = 0;
        await BodyReading.ReadAsync(
            response,
            silence,
            piece =>
            {
                RandomAccess.Write(file, piece.Span, length);
                length += piece.Length;
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>The SHA-256 of a file, lower-case hex.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
