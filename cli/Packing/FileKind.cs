namespace Trainyard.Cli.Packing;

/// <summary>The kind of file that a path leads to.</summary>
internal enum FileKind
{
    File,
    Folder,
    Pipe,
    Socket,
    Device,

    /// <summary>There is nothing: a link that leads nowhere, or a name that no text can say.</summary>
    Nothing,

    /// <summary>A link that leads to itself.</summary>
    Loop,
}
