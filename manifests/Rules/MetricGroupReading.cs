using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary>The groups of <c>evaluation_metrics</c>.</summary>
internal static class MetricGroupReading
{
    private static readonly string[] FieldTypes = ["STRING", "JSONSTRING", "INT", "FLOAT"];

    public static SortedDictionary<string, MetricGroup> Read(ManifestContext context, Section? groups)
    {
        var read = new SortedDictionary<string, MetricGroup>();
        foreach (var field in groups?.TakeAll().Take(FieldLimits.MetricGroups) ?? [])
        {
            if (context.Open(field) is { } group)
            {
                read[field.Key] = new()
                {
                    Regex = context.Words(group.Take("regex"), FieldLimits.Regex),
                    Meta = Meta(context, group),
                    ETimes = Fields(context, group.Open("etimes")),
                    Scalars = Fields(context, group.Open("scalars", "values")),
                };
            }
        }

        return read;
    }

    private static SortedDictionary<string, string> Meta(ManifestContext context, Section group)
    {
        var read = new SortedDictionary<string, string>();
        var meta = group.Open("meta");
        foreach (var key in (string[])["time", "subid"])
        {
            if (context.Words(meta?.Take(key), FieldLimits.Path) is { } text)
            {
                read[key] = text;
            }
        }

        return read;
    }

    private static SortedDictionary<string, MetricField> Fields(ManifestContext context, Section? section)
    {
        var read = new SortedDictionary<string, MetricField>();
        foreach (var field in section?.TakeAll() ?? [])
        {
            if (context.Open(field) is { } entry)
            {
                var type = context.Choice(entry.Take("type"), FieldTypes) ?? "STRING";
                var value = context.Words(entry.Take("value"), FieldLimits.Path);
                read[field.Key] = new(type, value ?? $"${field.Key}");
            }
        }

        return read;
    }
}
