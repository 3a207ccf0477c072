namespace Trainyard.Cli.Packing;

/// <summary>An entry of a folder's archive: a file, or a folder without entries of its own.</summary>
/// <param name="Path">Relative, with <c>/</c>.</param>
internal sealed record FolderEntry(string Path, bool IsFolder);
