using System.Buffers;

namespace Trainyard.Contracts.Runs;

/// <summary>
/// Repairs metrics records: Python writes NaN and infinities bare, which JSON only allows as strings.
/// </summary>
public static class MetricText
{
    private static readonly byte[][] Words = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <summary>
    /// Puts bare <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> in quotes; null when there are none.
    /// </summary>
    public static byte[]? Repair(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? repaired = null;
        var isInText = false;
        var copied = 0;
        for (var at = 0; at < json.Length; at++)
        {
            switch (json[at])
            {
                case (byte)'"':
                    isInText = !isInText;
                    break;
                case (byte)'\\' when isInText:
                    at++;
                    break;
                case (byte)'N' or (byte)'I' or (byte)'-' when !isInText && WordAt(json[at..]) is { } word:
                    repaired ??= new ArrayBufferWriter<byte>(json.Length + 16);
                    repaired.Write(json[copied..at]);
                    repaired.Write("\""u8);
                    repaired.Write(word);
                    repaired.Write("\""u8);
                    at += word.Length - 1;
                    copied = at + 1;
                    break;
            }
        }
        repaired?.Write(json[copied..]);
        return repaired?.WrittenSpan.ToArray();
    }

    private static byte[]? WordAt(ReadOnlySpan<byte> rest)
    {
        foreach (var word in Words)
        {
            if (rest.StartsWith(word))
            {
                return word;
            }
        }
        return null;
    }
}
