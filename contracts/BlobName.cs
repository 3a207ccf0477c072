using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Trainyard.Contracts;

/// <summary>
/// A blob's name: segments joined by <c>/</c>, at most 1,000 UTF-8 bytes in all and 240 a segment; no empty segment,
/// no <c>.</c> or <c>..</c>, no control characters, no backslash, no broken surrogate pairs.
/// </summary>
public readonly record struct BlobName
{
    private readonly string? _value;

    private BlobName(string value) => _value = value;

    /// <summary>Parses trusted text; throws <see cref="FormatException"/> when it is not a valid name.</summary>
    public static BlobName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException("Not a blob name.");

    /// <summary>Parses untrusted text, such as a path from a node.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text) || !IsWellFormed(text) || Encoding.UTF8.GetByteCount(text) > 1000)
        {
            return false;
        }
        foreach (var segment in text.Split('/'))
        {
            if (!IsSegment(segment))
            {
                return false;
            }
        }
        name = new BlobName(text);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset blob name was used.");

    // A lone surrogate has no UTF-8 encoding: two such names would become the same on disk and on the wire.
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }
            if (!char.IsSurrogatePair(text, i))
            {
                return false;
            }
            i++;
        }
        return true;
    }

    private static bool IsSegment(string segment) =>
        segment.Length > 0
        && segment is not ("." or "..")
        && Encoding.UTF8.GetByteCount(segment) <= 240
        && !segment.Any(c => char.IsControl(c) || c == '\\');
}
