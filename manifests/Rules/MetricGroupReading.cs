using Trainyard.Manifests.Metrics;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary>The groups of <c>evaluation_metrics</c>.</summary>
internal static class MetricGroupReading
{
    private static readonly string[] FieldTypes = ["STRING", "JSONSTRING", "INT", "FLOAT"];

    /// <param name="context">What the rules share.</param>
    /// <param name="groups">The map of groups, or null without one.</param>
    /// <param name="areUsed">Whether the extractor has a use for them: then each must be able to find something.</param>
    public static SortedDictionary<string, MetricGroup> Read(ManifestContext context, Section? groups, bool areUsed)
    {
        var read = new SortedDictionary<string, MetricGroup>();
        foreach (var field in groups?.TakeAll().Take(FieldLimits.MetricGroups) ?? [])
        {
            if (context.Open(field) is { } group)
            {
                read[field.Key] = Group(context, group, areUsed);
            }
        }

        return read;
    }

    private static MetricGroup Group(ManifestContext context, Section group, bool isUsed)
    {
        var regex = group.Take("regex");
        var expression = context.Words(regex, FieldLimits.Regex);
        var captures = isUsed ? Captures(context, regex, expression) : null;
        var scalars = group.Open("scalars", "values");
        if (isUsed && regex is null)
        {
            group.Missing("regex", "the expression that finds its lines");
        }
        if (isUsed && scalars is null)
        {
            group.Missing("scalars", "what is measured");
        }

        return new()
        {
            Regex = expression,
            Meta = Meta(context, group, captures),
            ETimes = Fields(context, group.Open("etimes"), captures),
            Scalars = Fields(context, scalars, captures),
        };
    }

    private static HashSet<string>? Captures(ManifestContext context, Field? field, string? expression)
    {
        if (expression is null)
        {
            return null;
        }
        var (regex, problem) = MetricPattern.Compile(expression);
        if (regex is null)
        {
            context.Bad<string>(
                field!,
                ManifestCodes.MetricPattern,
                $"cannot be used: {problem}",
                "a regular expression"
            );
        }
        return regex?.GetGroupNames().ToHashSet();
    }

    private static SortedDictionary<string, string> Meta(
        ManifestContext context,
        Section group,
        HashSet<string>? captures
    )
    {
        var read = new SortedDictionary<string, string>();
        var meta = group.Open("meta");
        foreach (var key in (string[])["time", "subid"])
        {
            var field = meta?.Take(key);
            if (context.Words(field, FieldLimits.Path) is { } text)
            {
                // FfDL ignores the time, so the time of the line is used.
                Check(context, field!, text, captures, isWarning: key == "time");
                read[key] = text;
            }
        }

        return read;
    }

    private static SortedDictionary<string, MetricField> Fields(
        ManifestContext context,
        Section? section,
        HashSet<string>? captures
    )
    {
        var read = new SortedDictionary<string, MetricField>();
        foreach (var field in section?.TakeAll() ?? [])
        {
            if (context.Open(field) is { } entry)
            {
                var type = context.Choice(entry.Take("type"), FieldTypes) ?? "STRING";
                var value = context.Words(entry.Take("value"), FieldLimits.Path) ?? $"${field.Key}";
                Check(context, entry.Take("value") ?? field, value, captures);
                read[field.Key] = new(type, value);
            }
        }

        return read;
    }

    // FfDL notices this only when a line matches, and then its extractor ends.
    private static void Check(
        ManifestContext context,
        Field field,
        string value,
        HashSet<string>? captures,
        bool isWarning = false
    )
    {
        if (captures is null || MetricPattern.CaptureOf(value) is not { } name || captures.Contains(name))
        {
            return;
        }
        var message = $"{Quote.Key(field.Path)} refers to {value}, which its `regex` does not capture";
        if (isWarning)
        {
            message += "; records have the time at which their lines came.";
            context.Problems.Warn(ManifestCodes.MetricCapture, message, field.Path, field.Mark);
            return;
        }
        var known = captures.Where(capture => !char.IsAsciiDigit(capture[0])).Order(StringComparer.Ordinal);
        var allowed = string.Join(", ", known.Select(capture => $"${capture}"));
        context.Problems.Error(ManifestCodes.MetricCapture, message + ".", field.Path, field.Mark, allowed);
    }
}
