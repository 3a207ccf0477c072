using Trainyard.Manifests.Metrics;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>FfDL's <c>evaluation_metrics</c>, at the top of any manifest.</summary>
internal sealed class EvaluationMetricsRule : IManifestRule
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["logger"] = EvaluationMetrics.Logger,
        ["none"] = EvaluationMetrics.Logger,
        ["null"] = EvaluationMetrics.Logger,
        ["nil"] = EvaluationMetrics.Logger,
        ["regex_extractor"] = EvaluationMetrics.RegexExtractor,
        ["tensorboard"] = EvaluationMetrics.TensorBoard,
        ["tensorboard_extractor"] = EvaluationMetrics.TensorBoard,
        ["emetrics_file"] = EvaluationMetrics.EMetricsFile,
        ["file"] = EvaluationMetrics.EMetricsFile,
        ["optivist"] = EvaluationMetrics.EMetricsFile,
    };

    public void Apply(ManifestContext context)
    {
        if (context.Root.Open("evaluation_metrics") is not { } metrics)
        {
            return;
        }

        context.Ignore(metrics.Take("image_tag"));
        context.Ignore(metrics.Take("eventTypes", "event_types"));
        var word = context.Choice(metrics.Take("type"), [.. Types.Keys]);
        var type = Types[word ?? "logger"];
        var isRegex = type == EvaluationMetrics.RegexExtractor;
        Unused(context, metrics.Take("in"), type, isUsed: type != EvaluationMetrics.Logger);
        Unused(context, metrics.Take("line_lookahead"), type, isRegex);
        Unused(context, metrics.Take("groups"), type, isRegex);
        var groups = metrics.Open("groups");
        if (isRegex && groups is null or { IsEmpty: true })
        {
            metrics.Missing("groups", "the groups with their expressions");
        }
        context.Draft.EvaluationMetrics = new()
        {
            Type = type,
            In = Place(context, metrics.Take("in")),
            LineLookahead = context.Whole(metrics.Take("line_lookahead"), 1, 64) ?? 4,
            Groups = MetricGroupReading.Read(context, groups, isRegex),
        };
    }

    private static string? Place(ManifestContext context, Field? field)
    {
        var text = context.Words(field, FieldLimits.Path);
        return text is null || MetricPlace.Parse(text) is not null
            ? text
            : context.Bad<string>(
                field!,
                ManifestCodes.MetricPlace,
                "is outside the run's folders",
                "$LOG_DIR, $JOB_STATE_DIR or $RESULT_DIR, and a path below it"
            );
    }

    private static void Unused(ManifestContext context, Field? field, string type, bool isUsed)
    {
        if (field is not null && !isUsed)
        {
            context.Problems.Warn(
                ManifestCodes.IgnoredKey,
                $"{Quote.Key(field.Path)} has no effect with the type {Quote.Key(type)}.",
                field.Path,
                field.KeyMark
            );
        }
    }
}
