using System.Diagnostics.CodeAnalysis;

namespace Trainyard.Core.Stores;

/// <summary>
/// A blob's name: segments joined by <c>/</c>, at most 1,000 UTF-8 bytes in all and 240 a segment; no empty segment,
/// no <c>.</c> or <c>..</c>, no control characters, no backslash.
/// </summary>
public readonly record struct BlobName
{
    private readonly string? value;

    private BlobName(string value) => this.value = value;

    /// <summary>Makes a name of trusted text; throws <see cref="FormatException"/> when it is none.</summary>
    public static BlobName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException("Not a blob name.");

    /// <summary>Makes a name of untrusted text, such as a path a node sends.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text) || System.Text.Encoding.UTF8.GetByteCount(text) > 1000)
            return false;
        foreach (var segment in text.Split('/'))
        {
            if (!IsSegment(segment))
                return false;
        }
        name = new BlobName(text);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => value ?? throw new InvalidOperationException("An unset blob name was used.");

    private static bool IsSegment(string segment) =>
        segment.Length > 0
        && segment is not ("." or "..")
        && System.Text.Encoding.UTF8.GetByteCount(segment) <= 240
        && !segment.Any(c => char.IsControl(c) || c == '\\');
}
