using System.Text;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;

namespace Trainyard.Cli.Submission;

/// <summary>A manifest as it lies on disk.</summary>
/// <param name="Name">What the user calls it.</param>
internal sealed record ManifestFile(string Name, byte[] Bytes)
{
    /// <summary>The bytes as text; what is no UTF-8 the parser reports.</summary>
    public string Text { get; } = Encoding.UTF8.GetString(Bytes);

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
                : new ManifestFile(name, await File.ReadAllBytesAsync(path, cancellationToken));
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
}
