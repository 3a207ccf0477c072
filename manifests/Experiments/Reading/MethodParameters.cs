using System.Globalization;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>The list <c>method.parameters</c>: entries of a name and a value, whose key says its type.</summary>
internal sealed class MethodParameters
{
    private const int Most = 50;

    private readonly ManifestContext _context;
    private readonly Section _method;
    private readonly string _path;
    private readonly Dictionary<string, (Field Name, Field Value)> _values = [];
    private readonly List<string> _known = [];

    public MethodParameters(ManifestContext context, Section method)
    {
        _context = context;
        _method = method;
        _path = method.PathOf("parameters");
        foreach (var (node, path) in ExperimentReading.Items(context, method.Take("parameters"), Most))
        {
            if (context.Open(node, path) is { } entry)
            {
                Read(entry);
            }
        }
    }

    public string? Text(string name, string what)
    {
        if (Find(name) is { } value)
        {
            return _context.Words(value, SearchLimits.Text);
        }

        Missing(name, what);
        return null;
    }

    /// <summary>One of a few words; it may be missing where nothing says what it is for.</summary>
    public string? Choice(string name, IReadOnlyList<string> choices, string? what)
    {
        var value = Find(name);
        if (value is null && what is not null)
        {
            Missing(name, what, string.Join(", ", choices));
        }

        return _context.Choice(value, choices);
    }

    public int? Whole(string name, int least, int most) => _context.Whole(Find(name), least, most);

    public double? Number(string name, double least, double most) => _context.Number(Find(name), least, most);

    /// <summary>A number that is read and reported on elsewhere.</summary>
    public int? Peek(string name) =>
        _values.TryGetValue(name, out var found)
        && found.Value.Value is YamlScalar scalar
        && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The one value that it may have.</summary>
    public void Only(string name, string value) => _context.Choice(Find(name), [value]);

    public void HasNoEffect(string name, string why)
    {
        if (Find(name) is { } value)
        {
            _context.Problems.Warn(
                ManifestCodes.IgnoredKey,
                $"{Quote.Key(name)} has no effect: {why}.",
                value.Path,
                value.Mark
            );
        }
    }

    public void RefuseWithout(string name, string other)
    {
        if (Find(name) is { } value)
        {
            _context.Bad<string>(value, ManifestCodes.NotAllowed, $"does nothing without {Quote.Key(other)}", other);
        }
    }

    public void Missing(string name, string what, string? allowed = null) =>
        _context.AddMissing(new($"{_path}.{name}", what, _method.Mark, allowed));

    public void RefuseUnknown()
    {
        foreach (var (name, (field, _)) in _values.Where(v => !_known.Contains(v.Key)))
        {
            var nearest = Nearest.To(name, _known);
            if (nearest is not null)
            {
                _context.MeantPaths.Add($"{_path}.{nearest}");
            }

            _context.Problems.Error(
                ManifestCodes.UnknownKey,
                $"{Quote.Key(name)} is no parameter of a search"
                    + (nearest is null ? "." : $"; did you mean {Quote.Key(nearest)}?"),
                field.Path,
                field.Mark,
                string.Join(", ", _known.Order()),
                nearest
            );
        }
    }

    private Field? Find(string name)
    {
        if (!_known.Contains(name))
        {
            _known.Add(name);
        }

        return _values.TryGetValue(name, out var found) ? found.Value : null;
    }

    private void Read(Section entry)
    {
        var name = entry.Take("name");
        var value = entry.Take("string_value", "int_value", "double_value");
        if (name is null)
        {
            entry.Missing("name", "it says which parameter this is");
        }

        if (value is null)
        {
            entry.Missing("string_value", "it is the parameter's value", "string_value, int_value or double_value");
        }

        if (name is null || value is null || _context.Words(name, SearchLimits.Text) is not { } text)
        {
            return;
        }

        if (!_values.TryAdd(text, (name, value)))
        {
            _context.Bad<string>(name, ManifestCodes.SameThingTwice, $"is {Quote.Key(text)} again; keep one");
        }
    }
}
