using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Trainyard.Contracts.Runs;

/// <summary>
/// The key under which a submission stores its archive and its secrets. A repeated submission can arrive concurrently
/// with the same run id: each gets its own key, and the key in the run's record decides whose data the run uses. Older
/// runs have no nonce.
/// </summary>
public readonly record struct SubmissionKey(RunId Id, string? Nonce = null)
{
    private const char Separator = '.';

    /// <summary>A new, unique key.</summary>
    public static SubmissionKey New(RunId id) => new(id, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));

    /// <summary>Parses what <see cref="ToString"/> gives.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SubmissionKey key)
    {
        key = default;
        var parts = (text ?? "").Split(Separator, 2);
        if (!RunId.TryParse(parts[0], out var id))
        {
            return false;
        }
        key = new SubmissionKey(id, parts.Length == 2 ? parts[1] : null);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => Nonce is null ? Id.ToString() : $"{Id}{Separator}{Nonce}";
}
