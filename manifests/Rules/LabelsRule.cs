using System.Text.RegularExpressions;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>labels</c>: the user's own words to find runs by.</summary>
internal sealed partial class LabelsRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        var labels = context.TextMap(context.Root.Take("labels"), FieldLimits.Labels, FieldLimits.LabelValue);
        foreach (var (field, value) in labels)
        {
            if (Key().IsMatch(field.Key))
            {
                context.Draft.Labels[field.Key] = value;
            }
            else
            {
                context.BadKey(
                    field,
                    ManifestCodes.NotAName,
                    "is not a label's name",
                    "1 to 63 letters, digits, `.`, `-`, `_` and `/`, starting and ending with a letter or digit"
                );
            }
        }
    }

    [GeneratedRegex(
        @"\A[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Key();
}
