using System.Text;

namespace Trainyard.Benchmarks.Manifests;

/// <summary>Makes hostile manifests out of honest ones: bytes, lines and pieces of YAML, changed a few at a time.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private const int MostChanges = 6;
    private const int Largest = 80 * 1024;

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            "- ",
            "? ",
            "&a ",
            "*a",
            "*a ",
            "!!str ",
            "!x ",
            "|\n",
            ">\n",
            "|9\n",
            "\"",
            "'",
            "#",
            "%",
            "@",
            "`",
            "\t",
            "\r\n",
            "\n",
            "---\n",
            "...\n",
            "<<: *a\n",
            "\\",
            "\\u0000",
            "\\x",
            "\\U0010FFFF",
            "~",
            "null",
            "\u0000",
            "\uFEFF",
            "\u2028",
            "\u0085",
            "${env:X}",
            "<auth-url>",
            "[[[[[[[[[[[[[[[[",
            "{{{{{{{{{{{{{{{{",
            "{a: {a: {a: ",
            "- - - - - - ",
            "? ? ? ? ? ",
            "1e999",
            "-0",
            "99999999999999999999",
            "%YAML 1.1\n---\n",
            "%TAG ! tag:x,2000:\n",
            "a: &a [*a, *a]\n",
            "training_data: []\n",
            "connection: {}\n",
            "command: |-\n  x\n",
            "env: {A: b}\n",
            "labels: &l {a: b}\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC3],
        [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = Pick(seeds).ToList();
        for (var changes = _random.Next(MostChanges) + 1; changes > 0; changes--)
        {
            Change(bytes);
        }

        return bytes.Count <= Largest ? [.. bytes] : [.. bytes.Take(Largest)];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(64), bytes.Count - at);
        switch (_random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                Repeat(bytes, at, bytes.GetRange(at, length), _random.Next(400));
                break;
            case 4:
                Repeat(bytes, at, [.. Pick(Pieces)], _random.Next(3) == 0 ? _random.Next(4_000) : 1);
                break;
            case 5:
                SwapLines(bytes);
                break;
            case 6:
                bytes.InsertRange(at, Slice(Pick(seeds)));
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, Pick(Pieces));
                break;
        }
    }

    private static void Repeat(List<byte> bytes, int at, List<byte> piece, int times)
    {
        if (bytes.Count + (piece.Count * times) <= Largest)
        {
            bytes.InsertRange(at, Enumerable.Repeat(piece, times).SelectMany(p => p));
        }
    }

    private void SwapLines(List<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString([.. bytes]).Split('\n');
        _random.Shuffle(lines.AsSpan(_random.Next(lines.Length)));
        bytes.Clear();
        bytes.AddRange(Encoding.Latin1.GetBytes(string.Join('\n', lines)));
    }

    private byte[] Slice(byte[] from)
    {
        var at = _random.Next(from.Length + 1);
        return from[at..Math.Min(from.Length, at + _random.Next(200))];
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
