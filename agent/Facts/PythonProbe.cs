using System.Text.Json;
using Trainyard.Agent.Processes;
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
    private const string Usual = "python3";
    private const string Old = "python2";
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
        answer = {"executable": sys.executable, "version": platform.python_version(), "packages": packages}
        print(json.dumps(answer))
        """;

    private Task<Answer?>? _begun;

    /// <summary>
    /// Whether a Python 2 might answer. It is seldom there, and a shim that finds none takes longer to say so than a
    /// Python 3 to answer.
    /// </summary>
    public bool HasOld => ProgramSearch.Find(Old, searchPath) is not null;

    /// <summary>
    /// Starts the query of Python 3 early; the first caller of <see cref="FindUsualAsync"/> gets its answer.
    /// </summary>
    /// <returns>The file of the interpreter itself, which may lie behind a shim; null when none answers.</returns>
    public async Task<string?> BeginAsync()
    {
        _begun = AskAsync(Usual);
        return (await _begun)?.Executable;
    }

    /// <summary>Finds Python 3. Never throws: a Python that does not answer is left out.</summary>
    public async Task<IReadOnlyList<PythonFacts>> FindUsualAsync() =>
        Facts(Usual, await (Interlocked.Exchange(ref _begun, null) ?? AskAsync(Usual)));

    /// <summary>Finds Python 2. Never throws: a Python that does not answer is left out.</summary>
    public async Task<IReadOnlyList<PythonFacts>> FindOldAsync() => Facts(Old, await AskAsync(Old));

    /// <summary>Finds Python 3 and 2. Never throws: a Python that does not answer is left out.</summary>
    public async Task<IReadOnlyList<PythonFacts>> FindAsync()
    {
        var old = FindOldAsync();
        return [.. await FindUsualAsync(), .. await old];
    }

    private static PythonFacts[] Facts(string program, Answer? answer) =>
        answer is { Version: { } version }
            ?
            [
                new PythonFacts
                {
                    Program = program,
                    Version = version,
                    Packages = answer.Packages ?? [],
                },
            ]
            : [];

    private async Task<Answer?> AskAsync(string program)
    {
        if (ProgramSearch.Find(program, searchPath) is not { } path)
        {
            return null;
        }
        // Isolated, because commands do not have the home and variables of the agent's user.
        string[] arguments = ["-I", "-c", Script, .. FrameworkCatalog.Default.Packages];
        if (program is Old)
        {
            arguments = ["-E", "-s", .. arguments[1..]];
        }
        return Read(await BoundedProgram.AskAsync(path, arguments, Patience));
    }

    private static Answer? Read(string? output)
    {
        var line = output?.Trim().Split('\n')[^1] ?? "";
        try
        {
            return JsonSerializer.Deserialize<Answer>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Answer(string? Executable, string? Version, SortedDictionary<string, string>? Packages);
}
