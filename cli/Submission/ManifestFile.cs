using System.Text;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;

namespace Trainyard.Cli.Submission;

/// <summary>A manifest as it lies on disk.</summary>
/// <param name="Name">What the user calls it.</param>
internal sealed record ManifestFile(string Name, byte[] Bytes)
{
    /// <summary>The bytes as text; what is no UTF-8 the parser reports.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    public static async Task<ManifestFile> ReadAsync(string path, string name, CancellationToken cancellationToken)
    {
        try
        {
            // A pipe is opened when somebody writes to it, and until then only a signal ends the waiting.
            var bytes = await Task.Run(() => Read(path), cancellationToken).WaitAsync(cancellationToken);
            return bytes.Length <= ManifestLimits.Default.MaxBytes
                ? new ManifestFile(name, bytes)
                : throw CliFailure.InvalidInput(
                    ManifestCodes.TooLarge,
                    $"'{name}' is longer than {ManifestLimits.Default.MaxBytes} bytes, the most that a manifest has."
                );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CliFailure.InvalidInput("no_such_file", $"There is no file '{name}': check the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{name}' cannot be read: {Words.Why(e)}.");
        }
    }

    // Reading one byte beyond the limit is enough to know that the file is too large.
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[ManifestLimits.Default.MaxBytes + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }
}
