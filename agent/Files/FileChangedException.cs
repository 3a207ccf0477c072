namespace Trainyard.Agent.Files;

/// <summary>A file was written to, or taken away, while it was read: what was read of it is of no use.</summary>
internal sealed class FileChangedException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether there is no such file any more.</summary>
    public bool IsGone { get; init; }

    /// <summary>The one behind another exception: an HTTP client takes a body that breaks off for a connection that broke.</summary>
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
