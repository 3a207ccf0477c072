using System.Collections;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Environments;

/// <summary>How this node makes virtual environments.</summary>
/// <param name="HasUv">Whether uv does it; else Python's own venv and pip do.</param>
/// <param name="Python">The interpreter, in its own words: a new one makes new environments.</param>
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

    // Python's own reader of such files; what it cannot read it says.
    private const string ListDependencies =
        "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')).get('project', {}); print('\\n'.join(p.get('dependencies', [])))";

    public string Name => HasUv ? "uv" : "pip";

    /// <summary>Of the node's settings, those that say where packages come from.</summary>
    public static IEnumerable<KeyValuePair<string, string>> IndexSettings() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(v => KeyValuePair.Create((string)v.Key, (string)v.Value!))
            .Where(v => Names.Contains(v.Key) || Families.Any(f => v.Key.StartsWith(f, StringComparison.Ordinal)));

    public static IEnumerable<FolderBind> IndexFiles() =>
        SettingsFiles.Where(Path.Exists).Select(path => new FolderBind(path, path, IsReadOnly: true));

    /// <summary>A shell command, run in the model's folder, that fills an empty folder.</summary>
    public string Script(DependencyFile file, string folder) =>
        "set -e; umask 022\n" + (HasUv ? Uv(file, folder) : Pip(file, folder));

    private static string Uv(DependencyFile file, string folder) =>
        file.Name == DependencyFile.Lock
            ? $"uv venv --quiet --system-site-packages {folder}\n"
                + $"UV_PROJECT_ENVIRONMENT={folder} uv sync --frozen --no-install-project --no-dev --inexact\n"
            : $"uv venv --quiet --system-site-packages {folder}\n"
                + $"uv pip install --python {folder}/bin/python -r {file.Name}\n";

    private static string Pip(DependencyFile file, string folder)
    {
        var pip =
            $"{folder}/bin/python -I -m pip install --no-input --disable-pip-version-check --no-cache-dir --progress-bar off";
        return $"python3 -I -m venv --system-site-packages {folder}\n"
            + (
                file.Name == DependencyFile.Project
                    ? $"python3 -I -c \"{ListDependencies}\" > \"$TMPDIR/dependencies.txt\"\n{pip} -r \"$TMPDIR/dependencies.txt\"\n"
                    : $"{pip} -r {file.Name}\n"
            );
    }
}
