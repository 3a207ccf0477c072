using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Nodes;

namespace Trainyard.Cli.Commands;

/// <summary>Describes what a node provides, in words.</summary>
internal static class ProvidedWords
{
    /// <summary><c>2 × Tesla V100-SXM2-16GB, 17.2 GB each</c>, or just how many.</summary>
    public static string Gpus(NodeResource node) =>
        node.Provides is { Gpus.Count: > 0 } provides
            ? string.Join("; ", provides.Gpus.Select(Model))
            : node.Gpus.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>python3 3.11.2: scikit-learn 1.2.1, torch 2.9.1</c>.</summary>
    public static string Python(PythonFacts python)
    {
        var packages = python.Packages.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}");
        var name = $"{python.Program} {python.Version}";
        return python.Packages.Count == 0 ? $"{name}: no framework" : $"{name}: {string.Join(", ", packages)}";
    }

    /// <summary>The Python and the frameworks of a node, short; null when it does not say.</summary>
    public static string? Frameworks(NodeCapabilities? provides) =>
        provides?.Pythons is { } pythons
            ? string.Join(
                ", ",
                pythons
                    .Select(p => $"python {p.Version}")
                    .Concat(pythons.SelectMany(p => p.Packages).Select(p => $"{p.Key} {p.Value}").Order())
            )
            : null;

    private static string Model(GpuFacts gpu) =>
        gpu.MemoryBytes is { } bytes
            ? $"{gpu.Count} × {gpu.Model}, {Words.Size(bytes)} each"
            : $"{gpu.Count} × {gpu.Model}";
}
