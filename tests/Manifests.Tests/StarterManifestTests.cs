using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Tests;

public sealed class StarterManifestTests
{
    [Fact]
    public void It_is_valid_as_it_is_without_a_warning()
    {
        var result = ManifestParser.Parse(StarterManifest.Text);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void It_is_valid_with_every_comment_made_a_key()
    {
        var lines = StarterManifest.Text.Split('\n').SkipWhile(l => l.Length > 0).Select(Uncommented).ToList();
        // The S3 store stands beside the file store; only one of the two may be there.
        var file = lines.FindIndex(l => l == "training_data_reference:");
        lines.RemoveRange(file, 4);

        var result = ManifestParser.Parse(string.Join('\n', lines), mode: ManifestParseMode.Offline);

        Assert.Empty(result.Errors);
        Assert.Equal(DataStoreType.S3, result.Manifest!.TrainingData.Type);
        Assert.Equal(TimeSpan.FromHours(12), result.Manifest.MaxDuration);
        Assert.Equal("vision", result.Manifest.Labels["team"]);
    }

    // Prose starts with a capital letter, a commented key does not.
    private static string Uncommented(string line)
    {
        var at = line.IndexOf("# ", StringComparison.Ordinal);
        return at < 0 || line[..at].Trim().Length > 0 || !IsKey(line[(at + 2)..])
            ? line
            : line[..at] + line[(at + 2)..];
    }

    private static bool IsKey(string text) =>
        text.TrimStart(' ', '-') is [>= 'a' and <= 'z' or (>= 'A' and <= 'Z'), ..] rest
        && rest.Contains(':')
        && (char.IsAsciiLetterLower(rest[0]) || rest.StartsWith("OMP"))
        && !rest.Split(':')[0].Contains(' ');
}
