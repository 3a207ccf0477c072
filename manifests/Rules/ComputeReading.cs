using Trainyard.Manifests.Gpus;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>Reads a <c>compute_configuration</c>: a documented name, or numbers.</summary>
internal static class ComputeReading
{
    private static readonly string[] NumberKeys = ["gpus", "cpus", "memory", "gpu_type"];

    public static string Names { get; } = string.Join(", ", ComputeConfigurations.All.Select(c => c.Name));

    public static ComputeRequest? Section(ManifestContext context, Section section)
    {
        var nodes = section.Take("nodes");
        context.Sign(nodes is null ? DialectSigns.None : DialectSigns.March2018);
        var count = nodes is null ? 1 : context.Whole(nodes, 1, FieldLimits.Nodes);
        var disk = section.Take("disk");
        var diskBytes = Disk(context, disk);
        var name = section.Take("name");
        var request = name is null ? Numbers(context, section) : NameOnly(context, section, name);
        return request is not null && count is { } c && disk is null == diskBytes is null
            ? request with
            {
                Nodes = c,
                DiskBytes = diskBytes,
            }
            : null;
    }

    /// <summary>The bytes of disk that a field asks for; null without a field, or after a problem.</summary>
    public static long? Disk(ManifestContext context, Field? field) =>
        context.Size(field, FieldLimits.LeastDisk, FieldLimits.MostDisk);

    public static ComputeRequest? ByName(ManifestContext context, Field field)
    {
        var name = context.Words(field, 64);
        if (name is null)
        {
            return null;
        }

        if (ComputeConfigurations.Find(name) is { } request)
        {
            context.Sign(request.GpuType is null ? DialectSigns.None : DialectSigns.March2018);
            return request;
        }

        return context.Bad<ComputeRequest>(
            field,
            ManifestCodes.UnknownCompute,
            $"names the compute configuration {Quote.Key(name)}, which does not exist",
            $"{Names}, or numbers: gpus, cpus, memory",
            Nearest.To(name, ComputeConfigurations.All.Select(c => c.Name!))
        );
    }

    public static ComputeRequest? Numbers(
        ManifestContext context,
        Field? gpus,
        Field? cpus,
        Field? memory,
        Field? gpuType
    )
    {
        var gpuCount = gpus is null ? 0 : context.Whole(gpus, 0, FieldLimits.Gpus);
        var cpuCount = context.Number(cpus, FieldLimits.LeastCpus, FieldLimits.Cpus);
        var bytes = context.Size(memory, FieldLimits.LeastMemory, FieldLimits.MostMemory);
        var type = GpuTypeOf(context, gpuType);
        return gpuCount is { } g && cpuCount is { } c && bytes is { } b
            ? new()
            {
                Gpus = g,
                Cpus = c,
                MemoryBytes = b,
                GpuType = type,
            }
            : null;
    }

    private static ComputeRequest? NameOnly(ManifestContext context, Section section, Field name)
    {
        foreach (var key in NumberKeys)
        {
            if (section.Take(key) is { } number)
            {
                context.Problems.Error(
                    ManifestCodes.ComputeNameAndNumbers,
                    $"{Quote.Key(number.Path)} cannot stand beside a name: a name stands for its own numbers.",
                    number.Path,
                    number.KeyMark,
                    "either name, or gpus, cpus and memory"
                );
            }
        }

        return ByName(context, name);
    }

    private static ComputeRequest? Numbers(ManifestContext context, Section section)
    {
        var fields = NumberKeys.Select(k => section.Take(k)).ToList();
        if (fields.TrueForAll(f => f is null))
        {
            section.Missing("name", "compute is a configuration's name, or cpus and memory", Names);
            return null;
        }

        foreach (var (key, field) in NumberKeys.Zip(fields).Where(p => p.First is "cpus" or "memory"))
        {
            if (field is null)
            {
                section.Missing(key, "without a configuration's name, cpus and memory are needed");
            }
        }

        return Numbers(context, fields[0], fields[1], fields[2], fields[3]);
    }

    private static string? GpuTypeOf(ManifestContext context, Field? field)
    {
        var text = context.Words(field, 64);
        return text switch
        {
            null => null,
            _ when text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') => GpuTypes.Find(text).Name,
            _ => context.Bad<string>(
                field!,
                ManifestCodes.NotAName,
                "is not the name of a GPU type",
                "letters, digits, `-`, `_` and `.`, such as k80 or a100"
            ),
        };
    }
}
