namespace Trainyard.Agent.Sandboxes;

/// <summary>What of the machine's own system a sandboxed command sees, read-only.</summary>
internal sealed class SystemBinds
{
    private static readonly string[] Roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    /// <summary>Names, hosts, certificates, the loader, the time zone, alternatives of programs: nothing of the machine's own.</summary>
    private static readonly string[] Etc =
    [
        "alternatives",
        "ca-certificates",
        "crypto-policies",
        "fonts",
        "group",
        "host.conf",
        "hosts",
        "java",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "localtime",
        "magic",
        "mime.types",
        "nsswitch.conf",
        "OpenCL",
        "passwd",
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

    private readonly List<string> options = [];

    /// <param name="searchPath">PATH: its folders outside the system become visible with the libraries beside them.</param>
    /// <param name="secret">The folder of keys and other runs.</param>
    public SystemBinds(string searchPath, string secret)
    {
        Show("/usr");
        foreach (var root in Roots)
            ShowRoot(root);
        Show("/opt");
        foreach (var name in Etc)
            Show($"/etc/{name}");
        ShowDevices();
        foreach (var folder in ProgramFolders.Outside(searchPath, secret))
            Show(folder);
    }

    public IReadOnlyList<string> Options => options;

    private void Show(string path)
    {
        if (Path.Exists(path))
            options.AddRange(["--ro-bind", path, path]);
    }

    private void ShowRoot(string path)
    {
        if (new DirectoryInfo(path).LinkTarget is { } target)
            options.AddRange(["--symlink", target, path]);
        else
            Show(path);
    }

    private void ShowDevices()
    {
        options.AddRange(["--proc", "/proc", "--dev", "/dev", "--dir", "/run", "--symlink", "/tmp", "/var/tmp"]);
        // How many processors there are, and, for GPUs, how they hang together.
        Show("/sys/devices");
        var devices = Directory.GetFileSystemEntries("/dev", "nvidia*");
        foreach (var device in devices)
            options.AddRange(["--dev-bind", device, device]);
        if (devices.Length == 0)
            return;
        Show("/sys/bus");
        Show("/sys/class");
        Show("/sys/module");
    }
}
