using System.Collections.Concurrent;
using System.Reflection;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Gpus;

/// <summary>The types of GPU that are known by name: one data file.</summary>
public static class GpuTypes
{
    private const string File = "Trainyard.Manifests.Gpus.gpu-types.yaml";
    private const int MostKept = 1_000;

    private static readonly Lazy<IReadOnlyList<GpuType>> Known = new(Read);
    private static readonly ConcurrentDictionary<(string Type, string Model), bool> Told = new();

    public static IReadOnlyList<GpuType> All => Known.Value;

    /// <summary>The known type for a text, or else a type made from the text's own words.</summary>
    public static GpuType Find(string text)
    {
        var name = text.ToLowerInvariant();
        return All.FirstOrDefault(type => type.Name == name || type.Also.Contains(name))
            ?? new GpuType { Name = name, Words = GpuType.WordsOf(name) };
    }

    /// <summary>Whether a GPU with this driver name is of the type.</summary>
    public static bool IsModel(string type, string model)
    {
        if (Told.TryGetValue((type, model), out var told))
        {
            return told;
        }

        if (Told.Count >= MostKept)
        {
            Told.Clear();
        }

        return Told[(type, model)] = Find(type).IsModel(model);
    }

    private static List<GpuType> Read()
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(File)
            ?? throw new InvalidOperationException("The table of GPU types is not embedded.");
        using var reader = new StreamReader(stream);
        var root = new YamlTreeReader(ManifestLimits.Default, new ProblemList(limit: 1)).Read(reader.ReadToEnd());
        var types = (YamlList)((YamlMap)root!).Entries.Single().Value;
        return [.. types.Items.Cast<YamlMap>().Select(Read)];
    }

    private static GpuType Read(YamlMap entry)
    {
        var values = entry.Entries.ToDictionary(e => e.Key.Text, e => e.Value);
        return new()
        {
            Name = ((YamlScalar)values["type"]).Text,
            Also = Texts(values, "also"),
            Words = Texts(values, "words"),
            Without = Texts(values, "without"),
        };
    }

    private static IReadOnlyList<string> Texts(Dictionary<string, YamlNode> values, string key) =>
        values.GetValueOrDefault(key) is YamlList list
            ? [.. list.Items.Cast<YamlScalar>().Select(item => item.Text)]
            : [];
}
