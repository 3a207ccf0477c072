using System.Diagnostics;
using System.Xml.Linq;

namespace Trainyard.Architecture.Tests;

/// <summary>
/// The repository as the rules see it: its files by their path, relative and with slashes. Of those that are no text only the path is
/// known.
/// </summary>
internal sealed record Repository(IReadOnlyDictionary<string, string> Files)
{
    private static readonly HashSet<string> Binary = [".gz", ".zip", ".png", ".ico", ".db"];

    public IReadOnlyList<ProjectFile> Projects { get; } =
    [
        .. Files
            .Where(file => file.Key.EndsWith(".csproj"))
            .Select(file => ProjectFile.Parse(file.Key, file.Value))
            .OrderBy(project => project.Path, StringComparer.Ordinal),
    ];

    /// <summary>The source files of the product: not tests, not benchmarks, not examples.</summary>
    public IEnumerable<KeyValuePair<string, string>> ProductSources =>
        Files.Where(file =>
            file.Key.EndsWith(".cs")
            && !file.Key.StartsWith("tests/")
            && !file.Key.StartsWith("benchmarks/")
            && !file.Key.StartsWith("examples/")
        );

    /// <summary>Package to version, from the one place that has them.</summary>
    public IEnumerable<KeyValuePair<string, string>> PackageVersions =>
        Files.TryGetValue("Directory.Packages.props", out var text)
            ? XElement
                .Parse(text)
                .Descendants("PackageVersion")
                .Select(item =>
                    KeyValuePair.Create(
                        (string?)item.Attribute("Include") ?? "",
                        (string?)item.Attribute("Version") ?? ""
                    )
                )
            : [];

    /// <summary>The source files of one project.</summary>
    public IEnumerable<KeyValuePair<string, string>> SourcesOf(ProjectFile project) =>
        Files.Where(file => file.Key.EndsWith(".cs") && file.Key.StartsWith($"{project.Room}/"));

    public ProjectFile? Room(string name) => Projects.FirstOrDefault(project => project.Room == name);

    /// <summary>What git would commit of the repository this test was built from.</summary>
    public static Repository Read()
    {
        var root = Root();
        var files = Git(root, "ls-files", "--cached", "--others", "--exclude-standard")
            .Where(path => File.Exists(Path.Combine(root, path)))
            .ToDictionary(
                path => path,
                path => Binary.Contains(Path.GetExtension(path)) ? "" : File.ReadAllText(Path.Combine(root, path)),
                StringComparer.Ordinal
            );
        return new Repository(files);
    }

    /// <summary>The repository's folder.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No Functions.sln above the test.");
    }

    private static string[] Git(string root, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.quotePath=false", .. arguments])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"git ended with {git.ExitCode}.");
    }
}
