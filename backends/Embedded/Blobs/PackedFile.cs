using System.Globalization;

namespace Trainyard.Backends.Blobs;

/// <summary>
/// The content of a small blob among others in one file: such a file becomes durable, and goes, as one. A row names it by the file and
/// the place in it; the file goes with the last row that names it.
/// </summary>
internal static class PackedFile
{
    // Neither is in the name of a file.
    private const char Place = '@';
    private const char Offset = '+';

    /// <param name="file">The file on the disk.</param>
    /// <param name="place">Which of its contents, from 0: empty ones begin where the next one does.</param>
    /// <param name="offset">Where the content begins.</param>
    public static string NameOf(string file, int place, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}{Place}{place}{Offset}{offset}");

    /// <summary>The file on the disk, and where in it the content begins.</summary>
    public static (string File, long Offset) Split(string name) =>
        IsPacked(name)
            ? (
                name[..name.IndexOf(Place, StringComparison.Ordinal)],
                long.Parse(
                    name.AsSpan(name.IndexOf(Offset, StringComparison.Ordinal) + 1),
                    CultureInfo.InvariantCulture
                )
            )
            : (name, 0);

    public static bool IsPacked(string name) => name.Contains(Place, StringComparison.Ordinal);

    /// <summary>The names of all contents of a file.</summary>
    public static PrefixRange AllIn(string file) => new($"{file}{Place}");
}
