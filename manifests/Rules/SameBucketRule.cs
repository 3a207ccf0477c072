using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary>Results in the data's bucket become part of the next run's data: worth a warning.</summary>
internal sealed class SameBucketRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.Draft is not { Data: { } data, Results: { } results })
        {
            return;
        }

        if (Place(data) == Place(results) && IsBelow(results.Reference.Prefix, data.Reference.Prefix))
        {
            context.Problems.Warn(
                ManifestCodes.SameBucket,
                "The results go into the bucket that the data comes from: the next run will download them as data.",
                results.BucketPath,
                results.BucketMark
            );
        }
    }

    private static bool IsBelow(string? prefix, string? other) =>
        (prefix ?? "").StartsWith(other ?? "", StringComparison.Ordinal);

    private static (DataStoreType, Uri?, string) Place(DraftStore store) =>
        (store.Reference.Type, store.Reference.Endpoint, store.Reference.Bucket);
}
