using System.Security.Cryptography;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Manifests;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Runs;

/// <summary>
/// Checks whether a submission under a used id equals the one that its run was made from: compares the manifest
/// without credentials, which may have been renewed, and the archive's bytes.
/// </summary>
internal static class SameSubmission
{
    public static async Task<bool> IsAsync(
        TrainingRun run,
        Submission sent,
        ManifestParseResult parsed,
        long maxArchiveBytes,
        CancellationToken cancellationToken
    )
    {
        if (
            run.Owner != sent.Owner
            || sent.Archive is null
            || !parsed.IsValid
            || !IsSame(run.Manifest, parsed.Manifest)
        )
        {
            return false;
        }
        await using var bounded = new AtMostStream(sent.Archive, maxArchiveBytes + 1);
        var sha256 = Convert.ToHexString(await SHA256.HashDataAsync(bounded, cancellationToken));
        return sha256.Equals(run.Archive.Sha256, StringComparison.OrdinalIgnoreCase);
    }

    public static bool Is(TrainingRun one, TrainingRun other) =>
        one.Owner == other.Owner
        && IsSame(one.Manifest, other.Manifest)
        && one.Archive.Sha256.Equals(other.Archive.Sha256, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(TrainingManifest one, TrainingManifest other) => Text(one) == Text(other);

    private static string Text(TrainingManifest manifest) =>
        JsonSerializer.Serialize(
            manifest with
            {
                Framework = manifest.Framework with { Asked = null },
                TrainingData = WithoutSecretsPart(manifest.TrainingData),
                TrainingResults = WithoutSecretsPart(manifest.TrainingResults),
            },
            WireJson.Options
        );

    // These fields come from a named secret, which may have changed since.
    private static DataStoreReference WithoutSecretsPart(DataStoreReference store) =>
        store.SecretName is null ? store : store with { Endpoint = null, Region = null };
}
