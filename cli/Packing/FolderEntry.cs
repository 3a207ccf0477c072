namespace Trainyard.Cli.Packing;

/// <summary>An entry of a folder's archive: a file, or a folder without entries of its own.</summary>
/// <param name="Path">Relative, with <c>/</c>.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">The size of a file in bytes.</param>
internal sealed record FolderEntry(string Path, bool IsFolder, long Length = 0);
