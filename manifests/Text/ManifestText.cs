using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests.Text;

/// <summary>Bytes to characters: size, byte-order mark, UTF-8, control characters.</summary>
internal static class ManifestText
{
    // The characters below a space, except for tab, line feed and carriage return; and DEL.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0x20).Append(0x7F).Select(c => (char)c).Except(['\t', '\n', '\r']))
    );

    /// <summary>The text, or null with a problem reported.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, ManifestLimits limits, ProblemList problems)
    {
        if (bytes.Length > limits.MaxBytes)
        {
            return TooLarge(limits, problems);
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || IsUtf16WithoutMark(bytes))
        {
            return NotUtf8("The manifest is UTF-16 text; save it as UTF-8.", Mark.Start, problems);
        }

        var chars = new char[bytes.Length];
        var status = Utf8.ToUtf16(bytes, chars, out _, out var written, replaceInvalidSequences: false);
        var text = new string(chars, 0, written);
        return status == OperationStatus.Done
            ? text
            : NotUtf8("The bytes here are not UTF-8.", MarkAfter(text), problems);
    }

    /// <summary>The text without its byte-order mark, or null with a problem reported.</summary>
    public static string? Check(string text, ManifestLimits limits, ProblemList problems)
    {
        if (Encoding.UTF8.GetByteCount(text) > limits.MaxBytes)
        {
            return TooLarge(limits, problems);
        }

        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        var control = text.AsSpan().IndexOfAny(Controls);
        if (control < 0)
        {
            return text;
        }

        problems.Error(
            ManifestCodes.ControlCharacter,
            $"The character U+{(int)text[control]:X4} may not stand in a manifest.",
            "",
            MarkAfter(text.AsSpan(0, control))
        );
        return null;
    }

    private static string? TooLarge(ManifestLimits limits, ProblemList problems)
    {
        problems.Error(
            ManifestCodes.TooLarge,
            "The manifest is too large.",
            "",
            Mark.Start,
            $"at most {limits.MaxBytes} bytes"
        );
        return null;
    }

    // The first characters of a manifest are of ASCII: in UTF-16 every second byte of them is 0.
    private static bool IsUtf16WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes is [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..];

    private static string? NotUtf8(string message, Mark mark, ProblemList problems)
    {
        problems.Error(ManifestCodes.NotUtf8, message, "", mark, "UTF-8 text");
        return null;
    }

    private static Mark MarkAfter(ReadOnlySpan<char> before) =>
        new(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), before.Length);
}
