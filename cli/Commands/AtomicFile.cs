namespace Trainyard.Cli.Commands;

/// <summary>Writes a file atomically: as a whole or not at all, even on a full disk.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, string text, bool replace, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await File.WriteAllTextAsync(temporary, text, cancellationToken);
            File.Move(temporary, path, replace);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
