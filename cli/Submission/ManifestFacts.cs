using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Model;

namespace Trainyard.Cli.Submission;

/// <summary>What a manifest means, in the words of <c>show</c>.</summary>
internal sealed class ManifestFacts(Terminal terminal)
{
    private readonly FactList _facts = new(terminal);

    public void Print(TrainingManifest manifest)
    {
        _facts.Add("Dialect", manifest.Dialect.Describe());
        _facts.Add("Name", manifest.Name);
        _facts.Add("Description", manifest.Description);
        _facts.Add("Framework", Framework(manifest.Framework));
        _facts.Add("Command", manifest.Command);
        _facts.Add("Compute", Compute(manifest.Compute));
        _facts.Add("Data", Store(manifest.TrainingData));
        _facts.Add("Results", Store(manifest.TrainingResults));
        _facts.Add("Array", manifest.Array is { } array ? Array(array) : null);
    }

    private static string Array(RunArray array)
    {
        var variables = array
            .Variables.OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => $"{v.Key} ({Words.Count(v.Value.Count, "value", "values")})");
        return $"{Words.Count(array.Count, "run", "runs")}: {string.Join(" x ", variables)}";
    }

    private static string Framework(FrameworkReference framework)
    {
        var python = framework.Python is { } version ? $", Python {version}" : "";
        return $"{framework.Name} {framework.Version}{python}";
    }

    private static string Compute(ComputeRequest compute)
    {
        var type = compute.GpuType is { } name ? $" ({name})" : "";
        var disk = compute.DiskBytes is { } bytes ? $", {Words.Size(bytes)} disk" : "";
        var nodes = compute.Nodes > 1 ? $", {compute.Nodes} nodes" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Words.Count(compute.Gpus, "GPU", "GPUs")}{type}, {compute.Cpus:0.##} CPUs, {Words.Size(compute.MemoryBytes)} memory{disk}{nodes}"
        );
    }

    private static string Store(DataStoreReference store)
    {
        var type = store.Type.ToString().ToLowerInvariant();
        var place = store.Prefix is { } prefix ? $"{store.Bucket}/{prefix}" : store.Bucket;
        return store.Endpoint is { } endpoint ? $"{place} ({type}, {endpoint})" : $"{place} ({type})";
    }
}
