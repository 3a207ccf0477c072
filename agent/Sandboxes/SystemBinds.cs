namespace Trainyard.Agent.Sandboxes;

/// <summary>The parts of the machine's system that a sandboxed command sees, read-only.</summary>
internal sealed class SystemBinds
{
    private static readonly string[] Buses = ["/sys/bus", "/sys/class", "/sys/module"];

    /// <summary>Created explicitly, because bubblewrap would give these folders the modes of their contents.</summary>
    private static readonly string[] Folders = ["/etc", "/home", "/run", "/sys", "/var"];

    private static readonly string[] Roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    /// <summary>
    /// Certificates, the loader, the time zone, alternatives of programs: nothing that is specific to this machine.
    /// </summary>
    private static readonly string[] Etc =
    [
        "alternatives",
        "ca-certificates",
        "crypto-policies",
        "fonts",
        "host.conf",
        "java",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "localtime",
        "magic",
        "mime.types",
        "nsswitch.conf",
        "OpenCL",
        "pki",
        "protocols",
        "python3",
        "R",
        "resolv.conf",
        "services",
        "ssl",
        "terminfo",
        "vulkan",
    ];

    private readonly List<string> _options = [];
    private readonly HashSet<string> _opened = [];

    /// <param name="searchPath">
    /// The PATH: its folders outside the system become visible, with the libraries beside them.
    /// </param>
    /// <param name="secret">The folder with keys and other runs, which stays hidden.</param>
    public SystemBinds(string searchPath, string secret)
    {
        foreach (var folder in Folders)
        {
            _options.AddRange(["--dir", folder]);
        }
        Show("/usr");
        foreach (var root in Roots)
        {
            ShowRoot(root);
        }
        Show("/opt");
        foreach (var name in Etc)
        {
            Show($"/etc/{name}");
        }
        ShowDevices();
        foreach (var folder in ProgramFolders.Outside(searchPath, secret))
        {
            OpenParents(folder);
            Show(folder);
        }
    }

    public IReadOnlyList<string> Options => _options;

    /// <summary>Shows a run's own devices, and the files that describe them to programs.</summary>
    public IEnumerable<string> Show(IReadOnlyList<string> devices) =>
        devices.Count == 0
            ? []
            :
            [
                .. devices.SelectMany(device => new[] { "--dev-bind", device, device }),
                .. Buses.Where(Path.Exists).SelectMany(path => new[] { "--ro-bind", path, path }),
            ];

    // Creates the parents explicitly: bubblewrap would give them the mode of the shown folder, which may be closed to
    // the command's user.
    private void OpenParents(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent || parent == "/" || !_opened.Add(parent))
        {
            return;
        }
        OpenParents(parent);
        _options.AddRange(["--dir", parent]);
    }

    private void Show(string path)
    {
        if (Path.Exists(path))
        {
            _options.AddRange(["--ro-bind", path, path]);
        }
    }

    private void ShowRoot(string path)
    {
        if (new DirectoryInfo(path).LinkTarget is { } target)
        {
            _options.AddRange(["--symlink", target, path]);
        }
        else
        {
            Show(path);
        }
    }

    private void ShowDevices()
    {
        _options.AddRange(["--proc", "/proc", "--dev", "/dev", "--symlink", "/tmp", "/var/tmp"]);
        _options.AddRange(["--perms", "1777", "--tmpfs", "/dev/shm"]);
        // Shows the number of processors and, for GPUs, their topology.
        Show("/sys/devices");
    }
}
