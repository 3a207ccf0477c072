using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary>FfDL's <c>evaluation_metrics</c>, at the top of any manifest.</summary>
internal sealed class EvaluationMetricsRule : IManifestRule
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["logger"] = "logger",
        ["none"] = "logger",
        ["regex_extractor"] = "regex_extractor",
        ["tensorboard"] = "tensorboard",
        ["tensorboard_extractor"] = "tensorboard",
        ["emetrics_file"] = "emetrics_file",
        ["file"] = "emetrics_file",
        ["optivist"] = "emetrics_file",
    };

    public void Apply(ManifestContext context)
    {
        if (context.Root.Open("evaluation_metrics") is not { } metrics)
        {
            return;
        }

        context.Ignore(metrics.Take("image_tag"));
        context.Ignore(metrics.Take("eventTypes"));
        var type = context.Choice(metrics.Take("type"), [.. Types.Keys]) ?? "logger";
        context.Draft.EvaluationMetrics = new()
        {
            Type = Types[type],
            In = context.Words(metrics.Take("in"), FieldLimits.Path),
            LineLookahead = context.Whole(metrics.Take("line_lookahead"), 1, 64) ?? 4,
            Groups = MetricGroupReading.Read(context, metrics.Open("groups")),
        };
    }
}
