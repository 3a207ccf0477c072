using System.Collections;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Environments;

/// <summary>Creates virtual environments on this node.</summary>
/// <param name="HasUv">Whether to use uv; otherwise Python's own venv and pip are used.</param>
/// <param name="Python">The interpreter's description of itself: a new interpreter needs new environments.</param>
internal sealed record Installer(bool HasUv, string Python)
{
    private static readonly string[] Families = ["PIP_", "UV_"];

    private static readonly string[] Names =
    [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
    ];

    private static readonly string[] SettingsFiles = ["/etc/pip.conf", "/etc/uv"];

    private const string List = "\"$TMPDIR/dependencies.txt\"";

    // Uses Python's own parser; the parser reports its own errors.
    private const string ReadProject = """
        import sys, tomllib
        p = tomllib.load(open('pyproject.toml', 'rb')).get('project', {})
        """;

    private const string ReadProgram = """
        import re, sys, tomllib
        text = open(sys.argv[2], encoding='utf8').read()
        block = re.search(r'(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)*)^# ///$', text)['content']
        p = tomllib.loads(''.join(line[2:] if line.startswith('# ') else line[1:] for line in block.splitlines(True)))
        """;

    // Runs in the interpreter that will run the command.
    private const string WriteList = """
        import platform
        wanted = p.get('requires-python')
        if wanted:
            try:
                from pip._vendor.packaging.specifiers import SpecifierSet
            except ImportError:
                from packaging.specifiers import SpecifierSet
            if not SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
                raise SystemExit('it needs Python ' + wanted + ', and this node has ' + platform.python_version())
        open(sys.argv[1], 'w').write(''.join(name + chr(10) for name in p.get('dependencies', [])))
        """;

    public string Name => HasUv ? "uv" : "pip";

    /// <summary>The node's settings that say where packages come from.</summary>
    public static IEnumerable<KeyValuePair<string, string>> IndexSettings() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(v => KeyValuePair.Create((string)v.Key, (string)v.Value!))
            .Where(v => Names.Contains(v.Key) || Families.Any(f => v.Key.StartsWith(f, StringComparison.Ordinal)));

    public static IEnumerable<FolderBind> IndexFiles() =>
        SettingsFiles.Where(Path.Exists).Select(path => new FolderBind(path, path, IsReadOnly: true));

    /// <summary>A shell command that fills an empty folder, to run in the model's folder.</summary>
    public string Script(DependencyFile file, string folder) =>
        "set -e; umask 022\n" + (HasUv ? Uv(file, folder) : Pip(file, folder));

    private static string Uv(DependencyFile file, string folder) =>
        $"uv venv --quiet --system-site-packages {folder}\n"
        + (
            file.Name == DependencyFile.Lock
                ? $"UV_PROJECT_ENVIRONMENT={folder} uv sync --frozen --no-install-project --no-dev --inexact\n"
                : Fill(file, folder, $"uv pip install --python {folder}/bin/python")
        );

    private static string Pip(DependencyFile file, string folder) =>
        $"python3 -I -m venv --system-site-packages {folder}\n"
        + Fill(
            file,
            folder,
            $"{folder}/bin/python -I -m pip install --no-input --disable-pip-version-check --no-cache-dir --progress-bar off"
        );

    private static string Fill(DependencyFile file, string folder, string install) =>
        file switch
        {
            { Name: DependencyFile.Project } => Listed(folder, ReadProject, "") + $"{install} -r {List}\n",
            { Program: { } program } => Listed(folder, ReadProgram, Word(program))
                + $"{install} {(file.Name == program ? "" : $"-r {file.Name} ")}-r {List}\n",
            _ => $"{install} -r {file.Name}\n",
        };

    private static string Listed(string folder, string read, string argument) =>
        $"{folder}/bin/python -I - {List} {argument} <<'TRAINYARD_END'\n{read}\n{WriteList}\nTRAINYARD_END\n";

    private static string Word(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
