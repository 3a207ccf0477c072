using System.Text;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Canonical;

/// <summary>Writes an <c>array</c> into the text of a manifest.</summary>
public static class ArrayText
{
    private const string Key = "array";

    /// <summary>
    /// The text with the key, at its end where it can be, so that lines keep their numbers. Null where the text cannot be
    /// read, or has the key already.
    /// </summary>
    public static string? Insert(string text, IReadOnlyDictionary<string, IReadOnlyList<string>> variables)
    {
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        if (Read(text[start..]) is not { Entries.Count: > 0 } root || Has(root))
        {
            return null;
        }
        var (place, line) = text[start + root.Start.Index] is '{'
            ? (root.Start.Index + 1, $"\"{Key}\": {Flow(variables)}, ")
            : (root.End.Index, $"{new string(' ', root.Start.Column - 1)}{Key}: {Flow(variables)}\n");
        place = Math.Min(start + place, text.Length);
        var isBehindLine = line[^1] is '\n' && text[place - 1] is not '\n';
        var written = text.Insert(place, isBehindLine ? $"\n{line}" : line);
        return Read(written[start..]) is { } read && read.Entries.Count == root.Entries.Count + 1 && Has(read)
            ? written
            : null;
    }

    private static YamlMap? Read(string text) =>
        new YamlTreeReader(ManifestLimits.Default, new ProblemList(1)).Read(text) as YamlMap;

    private static bool Has(YamlMap root) => root.Entries.Any(entry => entry.Key.Text == Key);

    private static string Flow(IReadOnlyDictionary<string, IReadOnlyList<string>> variables)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in variables)
        {
            text.Append(text.Length == 0 ? "{" : ", ")
                .Append(YamlText.Quoted(name))
                .Append(": [")
                .AppendJoin(", ", values.Select(YamlText.Quoted))
                .Append(']');
        }
        return text.Append('}').ToString();
    }
}
