using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests.Yaml;

internal abstract class YamlNode(Mark start, Mark end)
{
    public Mark Start { get; } = start;

    public Mark End { get; } = end;
}

/// <summary>A scalar keeps its text: nothing is read as a number, a date or a truth value.</summary>
internal sealed class YamlScalar(string text, bool isPlain, Mark start, Mark end, bool isFolded = false)
    : YamlNode(start, end)
{
    public string Text { get; } = text;

    /// <summary>Written without quotes.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Written behind <c>&gt;</c>, where line breaks stand for spaces.</summary>
    public bool IsFolded { get; } = isFolded;

    /// <summary>Nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");
}

internal sealed class YamlList(IReadOnlyList<YamlNode> items, Mark start, Mark end) : YamlNode(start, end)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

internal sealed class YamlMap(IReadOnlyList<YamlEntry> entries, IReadOnlyList<YamlEntry> repeated, Mark start, Mark end)
    : YamlNode(start, end)
{
    /// <summary>Each key once: the first time it is given.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <summary>Keys given again, which is an error. Kept because their values may be secrets to mask.</summary>
    public IReadOnlyList<YamlEntry> Repeated { get; } = repeated;
}
