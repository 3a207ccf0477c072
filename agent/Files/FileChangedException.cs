namespace Trainyard.Agent.Files;

/// <summary>A file was modified or deleted while it was read, so the bytes read are useless.</summary>
internal sealed class FileChangedException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether the file no longer exists.</summary>
    public bool IsGone { get; init; }

    /// <summary>
    /// Finds this exception inside another one: an HTTP client reports a body that fails as a broken connection.
    /// </summary>
    public static FileChangedException? Behind(Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is FileChangedException changed)
            {
                return changed;
            }
        }
        return null;
    }
}
