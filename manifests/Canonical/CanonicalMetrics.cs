using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Canonical;

/// <summary><c>evaluation_metrics</c> of the canonical form.</summary>
internal static class CanonicalMetrics
{
    public static void Write(YamlWriter yaml, EvaluationMetrics? metrics)
    {
        if (metrics is null)
        {
            return;
        }

        yaml.Map(
            "evaluation_metrics",
            () =>
            {
                yaml.Text("type", metrics.Type);
                yaml.Text("in", metrics.In);
                yaml.Raw("line_lookahead", $"{metrics.LineLookahead}");
                if (metrics.Groups.Count > 0)
                {
                    yaml.Map("groups", () => Groups(yaml, metrics.Groups));
                }
            }
        );
    }

    private static void Groups(YamlWriter yaml, IReadOnlyDictionary<string, MetricGroup> groups)
    {
        foreach (var (name, group) in groups.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (group is { Regex: null, Meta.Count: 0, ETimes.Count: 0, Scalars.Count: 0 })
            {
                yaml.Line($"{YamlText.Quoted(name)}: {{}}");
                continue;
            }

            yaml.Map(YamlText.Quoted(name), () => Group(yaml, group));
        }
    }

    private static void Group(YamlWriter yaml, MetricGroup group)
    {
        yaml.Quoted("regex", group.Regex);
        yaml.Map("meta", group.Meta);
        Fields(yaml, "etimes", group.ETimes);
        Fields(yaml, "scalars", group.Scalars);
    }

    private static void Fields(YamlWriter yaml, string key, IReadOnlyDictionary<string, MetricField> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        yaml.Map(
            key,
            () =>
            {
                foreach (var (name, field) in fields.OrderBy(f => f.Key, StringComparer.Ordinal))
                {
                    yaml.Map(
                        YamlText.Quoted(name),
                        () =>
                        {
                            yaml.Text("type", field.Type);
                            yaml.Quoted("value", field.Value);
                        }
                    );
                }
            }
        );
    }
}
