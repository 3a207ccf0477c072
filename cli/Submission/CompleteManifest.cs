using System.Text;
using Trainyard.Cli.Failures;
using Trainyard.Manifests;
using Trainyard.Manifests.Problems;

namespace Trainyard.Cli.Submission;

/// <summary>A manifest with the values that its <c>${env:NAME}</c> references stand for.</summary>
internal static class CompleteManifest
{
    /// <summary>The bytes to send. They hold secrets: never print them.</summary>
    public static byte[] Of(ManifestFile manifest, Func<string, string?> variable, ProblemLines lines)
    {
        var resolved = EnvReferences.Resolve(manifest.Text, variable);
        // A file without references goes as it is: if it is no UTF-8, the service says where.
        return resolved.Problems.Count == 0
            ? resolved.Text == manifest.Text
                ? manifest.Bytes
                : Encoding.UTF8.GetBytes(resolved.Text)
            : throw new CliFailure(
                ExitCode.InvalidInput,
                ManifestCodes.EnvReference,
                $"'{manifest.Name}' takes values from variables that are not set: set them and train again."
            )
            {
                Details = [.. resolved.Problems.SelectMany(p => lines.Of(p))],
            };
    }
}
