using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>checkpoint</c>: a folder below <c>RESULT_DIR</c> that is copied away while the program runs.</summary>
internal sealed class CheckpointRule : IManifestRule
{
    private const string DefaultPath = "checkpoints";
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(10);

    public void Apply(ManifestContext context)
    {
        if (context.Root.Open("checkpoint") is not { } checkpoint)
        {
            return;
        }

        var interval = context.Duration(
            checkpoint.Take("interval"),
            context.Limits.MinCheckpointInterval,
            FieldLimits.MostCheckpoint
        );
        context.Draft.Checkpoint = new()
        {
            Path = Path(context, checkpoint.Take("path")),
            Interval = interval ?? DefaultInterval,
        };
    }

    private static string Path(ManifestContext context, Field? field)
    {
        var path = context.Words(field, FieldLimits.Path);
        if (path is null || IsInside(path))
        {
            return path ?? DefaultPath;
        }

        context.Bad<string>(
            field!,
            ManifestCodes.NotAllowed,
            "leads out of RESULT_DIR",
            "a relative folder without `..` and `\\`"
        );
        return DefaultPath;
    }

    private static bool IsInside(string path) =>
        !path.StartsWith('/')
        && !path.Contains('\\')
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not ("" or "." or ".."));
}
