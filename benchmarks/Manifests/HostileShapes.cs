using System.Text;

namespace Trainyard.Benchmarks.Manifests;

/// <summary>One shape over and over, up to the size limit: what makes careless parsers slow.</summary>
internal static class HostileShapes
{
    public const int Size = 64 * 1024;

    private static readonly string[] Pieces =
    [
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "{a: ",
        "[a, ",
        "- - ",
        "\"",
        "'",
        "#",
        "&a ",
        "*a ",
        "!a ",
        "|\n",
        "\n",
        "\t",
        " ",
        "a",
        "a\n",
        "a:\n",
        "a: b\n",
        "- a\n",
        "\\",
        "%a\n",
        "---\n",
        "...\n",
        "a: [b\n",
        "\uFEFF",
        "\u2028",
        "\r",
        "<<: *a\n",
        ": ",
        ":",
        ",",
        "]",
        "}",
        "<",
        "${env:",
        "a: \"",
        "\"a\": \"b\",",
        "  a: b\n ",
    ];

    private static readonly string[] Heads = ["", "a: ", "{", "a: \"", "a: |\n  ", "model_definition:\n  "];

    public static IEnumerable<byte[]> All() =>
        Pieces
            .SelectMany(piece => Heads.Select(head => Repeated(head, piece)))
            .Concat([
                Numbered(i => $"key{i}: 1\n"),
                Numbered(i => $"training_data_referenc{i % 10}{i}: 1\n"),
                Numbered(i => $"- &a{i} x\n"),
                Numbered(i => new string(' ', i % 500) + "a:\n"),
            ])
            .Select(text => Encoding.UTF8.GetBytes(text)[..Size]);

    private static string Repeated(string head, string piece) =>
        head + string.Concat(Enumerable.Repeat(piece, (Size / piece.Length) + 1));

    private static string Numbered(Func<int, string> line)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < Size; i++)
        {
            text.Append(line(i));
        }

        return text.ToString();
    }
}
