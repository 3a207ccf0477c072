using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>
/// FfDL's <c>gpus</c>, <c>cpus</c>, <c>memory</c>, <c>storage</c>, <c>gpu_type</c> and <c>learners</c>, with its defaults.
/// </summary>
internal static class FfdlCompute
{
    private const string DefaultCpus = "5";
    private const string DefaultMemory = "12 GiB";

    public static ComputeRequest? Read(ManifestContext context)
    {
        var root = context.Root;
        var request = ComputeReading.Numbers(
            context,
            root.Take("gpus"),
            Asked(root, "cpus") ?? Default(root, "cpus", DefaultCpus),
            Asked(root, "memory") ?? Default(root, "memory", DefaultMemory),
            root.Take("gpu_type")
        );
        var storage = Asked(root, "storage");
        var diskBytes = ComputeReading.Disk(context, storage);
        var learners = root.Take("learners");
        var nodes = learners is null ? 1 : context.Whole(learners, 0, FieldLimits.Nodes);
        if (request is null || nodes is null || storage is null != diskBytes is null)
        {
            return null;
        }

        // FfDL wrote its default, k80, into manifests because its clusters had that GPU. No user asked for it.
        return request with
        {
            Nodes = Math.Max(1, nodes.Value),
            DiskBytes = diskBytes,
        };
    }

    // FfDL also takes zero for the default.
    private static Field? Asked(Section root, string key) =>
        root.Take(key) is { } field && field.Value is not YamlScalar { Text: "0" or "0.0" } ? field : null;

    private static Field Default(Section root, string key, string text) =>
        new(key, key, new YamlScalar(text, isPlain: true, root.Mark, root.Mark), root.Mark);
}
