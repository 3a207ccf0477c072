using System.Globalization;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Model;

namespace Trainyard.Cli.Submission;

/// <summary>What a manifest means, in the words of <c>show</c>.</summary>
internal sealed class ManifestFacts(Terminal terminal)
{
    private readonly FactList facts = new(terminal);

    public void Print(TrainingManifest manifest)
    {
        facts.Add("Dialect", manifest.Dialect.Describe());
        facts.Add("Name", manifest.Name);
        facts.Add("Description", manifest.Description);
        facts.Add("Framework", Framework(manifest.Framework));
        facts.Add("Command", manifest.Command);
        facts.Add("Compute", Compute(manifest.Compute));
        facts.Add("Data", Store(manifest.TrainingData));
        facts.Add("Results", Store(manifest.TrainingResults));
    }

    private static string Framework(FrameworkReference framework)
    {
        var python = framework.Python is { } version ? $", Python {version}" : "";
        return $"{framework.Name} {framework.Version}{python}";
    }

    private static string Compute(ComputeRequest compute)
    {
        var type = compute.GpuType is { } name ? $" ({name})" : "";
        var nodes = compute.Nodes > 1 ? $", {compute.Nodes} nodes" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Words.Count(compute.Gpus, "GPU", "GPUs")}{type}, {compute.Cpus:0.##} CPUs, {Words.Size(compute.MemoryBytes)} memory{nodes}"
        );
    }

    private static string Store(DataStoreReference store)
    {
        var type = store.Type.ToString().ToLowerInvariant();
        return store.Endpoint is { } endpoint ? $"{store.Bucket} ({type}, {endpoint})" : $"{store.Bucket} ({type})";
    }
}
