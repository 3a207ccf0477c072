using System.Text.RegularExpressions;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Excerpts;

/// <summary>Decides which characters of a manifest's text must be masked on a terminal.</summary>
internal sealed partial class SecretMask
{
    private readonly string _text;
    private readonly List<(int Start, int End)>? _spans;

    public SecretMask(string text)
    {
        _text = text;
        var root = new YamlTreeReader(new(), new ProblemList(1)).Read(text);
        _spans = root is null
            ? null
            :
            [
                .. SecretPlaces
                    .In(root)
                    .Select(p => p.Scalar)
                    .Where(s => !IsHarmless(s.Text))
                    .Select(s => (s.Start.Index, s.End.Index))
                    .Concat(SecretPlaces.Stray(root, text)),
            ];
    }

    /// <summary>The parts of a line to mask, in order. Where the text cannot be read, every value is one.</summary>
    public IEnumerable<(int Start, int End)> In(int lineStart, int lineEnd)
    {
        if (_spans is null)
        {
            return Unread(lineStart, lineEnd);
        }

        return _spans
            .Select(s => (Start: Math.Max(s.Start, lineStart), End: Math.Min(s.End, lineEnd)))
            .Where(s => s.Start < s.End)
            .Distinct()
            .OrderBy(s => s.Start);
    }

    private IEnumerable<(int, int)> Unread(int start, int end)
    {
        var line = _text[start..end];
        var key = Key().Match(line);
        if (!key.Success)
        {
            return line.Trim().Length == 0 ? [] : [(start + line.Length - line.TrimStart().Length, end)];
        }

        return key.Length < line.TrimEnd().Length ? [(start + key.Length, end)] : [];
    }

    // Examples of the documentation, references, and addresses without a login stay visible. They help to find the mistake.
    private static bool IsHarmless(string value) =>
        value.Length == 0
        || Placeholders.IsPlaceholder(value)
        || (EnvReference.For(value, "") == value && value.Contains(EnvReference.Sign))
        || PlainAddress().IsMatch(value);

    [GeneratedRegex(@"\A\s*(-\s+)*[""']?[A-Za-z_][A-Za-z0-9_]*[""']?\s*:\s*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Key();

    [GeneratedRegex(@"\Ahttps?://[A-Za-z0-9.-]+(:[0-9]+)?/?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PlainAddress();
}
