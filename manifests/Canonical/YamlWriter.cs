using System.Text;

namespace Trainyard.Manifests.Canonical;

/// <summary>Writes block-style YAML, two spaces a level. What is null is left out.</summary>
internal sealed class YamlWriter
{
    private readonly StringBuilder _text = new();
    private int _level;

    public void Text(string key, string? value)
    {
        if (value is not null)
        {
            Line($"{key}: {YamlText.Scalar(value)}");
        }
    }

    /// <summary>Quoted always: versions and the like look like numbers.</summary>
    public void Quoted(string key, string? value)
    {
        if (value is not null)
        {
            Line($"{key}: {YamlText.Quoted(value)}");
        }
    }

    /// <summary>As it is: numbers, durations, sizes and fixed words.</summary>
    public void Raw(string key, FormattableString value) => Line($"{key}: {FormattableString.Invariant(value)}");

    /// <summary>Lines of a command stay lines where YAML can show them so.</summary>
    public void Lines(string key, string value)
    {
        if (!value.Contains('\n') || !IsPlainBlock(value))
        {
            Text(key, value);
            return;
        }

        Line($"{key}: |-");
        _level++;
        foreach (var line in value.Split('\n'))
        {
            Line(line);
        }

        _level--;
    }

    public void Map(string key, Action content)
    {
        Line($"{key}:");
        _level++;
        content();
        _level--;
    }

    public void Map(string key, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count > 0)
        {
            Map(
                key,
                () =>
                {
                    foreach (var (name, value) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
                    {
                        Quoted(YamlText.Scalar(name), value);
                    }
                }
            );
        }
    }

    public void Line(string line) =>
        _text.Append(line.Length == 0 ? "" : new string(' ', _level * 2)).Append(line).Append('\n');

    public override string ToString() => _text.ToString();

    private static bool IsPlainBlock(string value) =>
        value[0] is not (' ' or '\n')
        && value.Split('\n').All(line => line.All(c => c is >= ' ' and <= '~') && !line.EndsWith(' '))
        && value[^1] != '\n';
}
