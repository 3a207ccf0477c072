using System.Text.Json;
using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Agent.Facts;

/// <summary>
/// Finds the versions and installed frameworks of the Pythons that commands find. It reads the packages' metadata and
/// imports no package, as an import would take long and could do anything.
/// </summary>
/// <param name="searchPath">The folders where commands look for programs.</param>
internal sealed class PythonProbe(IReadOnlyList<string> searchPath)
{
    private static readonly string[] Programs = ["python3", "python2"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Also works in Python 2, which has no importlib.metadata.
    private const string Script = """
        import json, platform, sys
        try:
            from importlib.metadata import version
        except ImportError:
            try:
                from pkg_resources import get_distribution
                version = lambda name: get_distribution(name).version
            except ImportError:
                version = None
        packages = {}
        for name in sys.argv[1:]:
            try:
                packages[name] = str(version(name))
            except Exception:
                pass
        print(json.dumps({"version": platform.python_version(), "packages": packages}))
        """;

    private Task<IReadOnlyList<PythonFacts>>? _begun;

    /// <summary>Starts the query early; the first caller of <see cref="FindAsync"/> gets its answer.</summary>
    public PythonProbe Begin()
    {
        _begun = AskAllAsync();
        return this;
    }

    /// <summary>Never throws: a Python that does not answer is left out.</summary>
    public Task<IReadOnlyList<PythonFacts>> FindAsync() => Interlocked.Exchange(ref _begun, null) ?? AskAllAsync();

    private async Task<IReadOnlyList<PythonFacts>> AskAllAsync()
    {
        var found = await Task.WhenAll(Programs.Select(AskAsync));
        return [.. found.OfType<PythonFacts>()];
    }

    internal static PythonFacts? Read(string program, string? output)
    {
        var line = output?.Trim().Split('\n')[^1] ?? "";
        try
        {
            return
                JsonSerializer.Deserialize<Answer>(line, JsonSerializerOptions.Web) is { Version: { } version } answer
                ? new PythonFacts
                {
                    Program = program,
                    Version = version,
                    Packages = answer.Packages ?? [],
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<PythonFacts?> AskAsync(string program)
    {
        if (searchPath.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }
        // Isolated, because commands do not have the home and variables of the agent's user.
        string[] arguments = ["-I", "-c", Script, .. FrameworkCatalog.Default.Packages];
        if (program is "python2")
        {
            arguments = ["-E", "-s", .. arguments[1..]];
        }
        return Read(program, await BoundedProgram.AskAsync(path, arguments, Patience));
    }

    private sealed record Answer(string? Version, SortedDictionary<string, string>? Packages);
}
