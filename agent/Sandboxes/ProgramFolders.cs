namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// Finds the folders of programs on the PATH that lie outside the system's folders, such as a Python in the user's
/// home. Only the parts of an installation are shown, because private files may lie beside them.
/// </summary>
internal static class ProgramFolders
{
    private static readonly string[] System = ["/usr", "/bin", "/sbin", "/lib", "/opt"];

    private static readonly string[] Parts =
    [
        "bin",
        "sbin",
        "shims",
        "lib",
        "lib64",
        "libexec",
        "include",
        "versions",
        "plugins",
        "pyenv.d",
        "pyvenv.cfg",
        "version",
        "conda-meta",
        "ssl",
        "etc",
    ];

    private static readonly string[] Interpreters = ["python3", "python", "pyenv", "lua", "julia", "node"];

    /// <summary>
    /// The existing folders and files, outermost first, none inside another one, and none that would expose the secret
    /// folder.
    /// </summary>
    public static IReadOnlyList<string> Outside(string searchPath, string secret)
    {
        var folders = searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).ToList();
        var found = folders.Concat(folders.SelectMany(Targets)).Where(IsOutside).SelectMany(Installation);
        var shown = new List<string>();
        foreach (
            var path in found
                .Select(Path.TrimEndingDirectorySeparator)
                .Distinct()
                .Where(Path.Exists)
                .Order(StringComparer.Ordinal)
        )
        {
            if (!Shows(path, secret) && !shown.Exists(outer => IsBelow(path, outer)))
            {
                shown.Add(path);
            }
        }
        return shown;
    }

    /// <summary>
    /// The real folders of a folder's interpreters, because those of a virtual environment are links.
    /// </summary>
    private static IEnumerable<string> Targets(string folder) =>
        Interpreters
            .Select(name => new FileInfo(Path.Combine(folder, name)))
            .Where(file => file.Exists && file.LinkTarget is not null)
            .Select(file => file.ResolveLinkTarget(returnFinalTarget: true)?.FullName)
            .OfType<string>()
            .Select(target => Path.GetDirectoryName(target)!);

    private static IEnumerable<string> Installation(string folder)
    {
        var root = Path.GetDirectoryName(folder.TrimEnd('/'));
        return root is null or "/" ? [folder] : Parts.Select(part => Path.Combine(root, part)).Prepend(folder);
    }

    private static bool IsOutside(string path) =>
        path != "/" && !System.Any(root => path == root || IsBelow(path, root));

    private static bool Shows(string path, string secret) =>
        path == secret || IsBelow(secret, path) || IsBelow(path, secret);

    private static bool IsBelow(string path, string outer) => path.StartsWith(outer + "/", StringComparison.Ordinal);
}
