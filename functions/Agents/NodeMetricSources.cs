using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Model;

namespace Trainyard.Functions.Agents;

/// <summary>Maps a manifest's <c>evaluation_metrics</c> to the form that nodes get.</summary>
internal static class NodeMetricSources
{
    public static NodeMetrics? Of(EvaluationMetrics? metrics) =>
        metrics is null
            ? null
            : new NodeMetrics
            {
                Type = metrics.Type,
                In = metrics.In,
                LineLookahead = metrics.LineLookahead,
                Groups =
                [
                    .. metrics
                        .Groups.OrderBy(group => group.Key, StringComparer.Ordinal)
                        .Where(group => group.Value.Regex is not null)
                        .Select(group => Of(group.Key, group.Value)),
                ],
            };

    private static NodeMetricGroup Of(string name, MetricGroup group) =>
        new()
        {
            Name = name,
            Regex = group.Regex!,
            Time = group.Meta.GetValueOrDefault("time"),
            SubId = group.Meta.GetValueOrDefault("subid"),
            ETimes = Fields(group.ETimes),
            Scalars = Fields(group.Scalars),
        };

    private static Dictionary<string, NodeMetricField> Fields(IReadOnlyDictionary<string, MetricField> fields) =>
        fields.ToDictionary(field => field.Key, field => new NodeMetricField(field.Value.Type, field.Value.Value));
}
