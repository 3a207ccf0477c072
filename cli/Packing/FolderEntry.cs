namespace Trainyard.Cli.Packing;

/// <summary>What goes into a folder's archive: a file, or a folder in which nothing else does.</summary>
/// <param name="Path">Relative, with <c>/</c>.</param>
internal sealed record FolderEntry(string Path, bool IsFolder);
