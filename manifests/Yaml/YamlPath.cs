using System.Globalization;

namespace Trainyard.Manifests.Yaml;

/// <summary>Where the reader is, as <c>training_data[0].source</c>; only written out for a problem.</summary>
internal sealed class YamlPath
{
    private readonly List<string> _steps = [];

    public void Enter(string key) => _steps.Add(key);

    public void Enter(int index) => _steps.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    public override string ToString() => _steps.Aggregate("", Join);

    public static string Join(string path, string step) =>
        step.StartsWith('[') ? path + step
        : path.Length == 0 ? Quote.Shorten(ShownKey.Of(step, path))
        : $"{path}.{Quote.Shorten(ShownKey.Of(step, path))}";
}
