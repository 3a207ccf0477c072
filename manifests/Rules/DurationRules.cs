using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>max_duration</c>: how long the command may run.</summary>
internal sealed class MaxDurationRule : IManifestRule
{
    public void Apply(ManifestContext context) =>
        context.Draft.MaxDuration = context.Duration(
            context.Root.Take("max_duration"),
            FieldLimits.LeastDuration,
            FieldLimits.MostDuration
        );
}

/// <summary><c>retention</c>: how long the ended run stays listed.</summary>
internal sealed class RetentionRule : IManifestRule
{
    public void Apply(ManifestContext context) =>
        context.Draft.Retention = context.Duration(
            context.Root.Take("retention"),
            FieldLimits.LeastRetention,
            FieldLimits.MostRetention
        );
}
