namespace Trainyard.Cli.Commands;

/// <summary>Writes a file that is there as a whole or not at all, on a full disk too.</summary>
internal static class WholeFile
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
