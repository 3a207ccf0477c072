using Trainyard.Core.Manifests;

namespace Trainyard.Cli.Submission;

/// <summary>A manifest as it lies on disk.</summary>
/// <param name="Name">What the user calls it.</param>
internal sealed record ManifestFile(string Name, string Text)
{
    public static async Task<ManifestFile> ReadAsync(string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            var size = new FileInfo(path).Length;
            return size > ManifestLimits.Default.MaxBytes
                ? throw CliFailure.InvalidInput(
                    ManifestCodes.TooLarge,
                    $"'{name}' is {size} bytes long: a manifest has at most {ManifestLimits.Default.MaxBytes}."
                )
                : new ManifestFile(name, await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CliFailure.InvalidInput("no_such_file", $"There is no file '{name}': check the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{name}' cannot be read: {e.Message}");
        }
    }

    /// <summary>A place as compilers write it: <c>tf-train.yaml:12:5</c>.</summary>
    public string PlaceOf(int index)
    {
        var before = Text.AsSpan(0, index);
        return $"{Name}:{before.Count('\n') + 1}:{index - before.LastIndexOf('\n')}";
    }
}
