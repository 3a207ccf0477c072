using System.Diagnostics;
using Xunit;

namespace Trainyard.Tests.Shared.Containers;

/// <summary>Podman with images of its own, apart from the machine's.</summary>
public sealed class TestEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public TestEngine(string? storage = null)
    {
        var folder = storage ?? _folder.Folder("storage");
        StorageFile = _folder.Write(
            "storage.conf",
            $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{folder}/images\"\nrunroot = \"{_folder.Path}/run\"\n"
        );
    }

    /// <summary>For the variable that tells podman where its images are.</summary>
    public string StorageFile { get; }

    /// <summary>An image of one program, which is a whole system.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="note">What its file <c>/etc/note</c> holds.</param>
    /// <param name="programs">Names of the program, by which it knows what to do.</param>
    public async Task ImportAsync(string name, string note, params string[] programs)
    {
        var root = _folder.Folder("image-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(root, "bin"));
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "note"), note);
        File.Copy(TestContainers.Find("busybox")!, Path.Combine(root, "bin", "busybox"));
        foreach (var program in programs)
        {
            File.CreateSymbolicLink(Path.Combine(root, "bin", program), "busybox");
        }
        var tar = _folder.File(Guid.NewGuid().ToString("N") + ".tar");
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(root, tar, includeBaseDirectory: false);
        await RunAsync("import", tar, name);
    }

    /// <summary>Runs podman to its end.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["CONTAINERS_STORAGE_CONF"] = StorageFile };
        await using var podman = ChildProcess.Start("podman", arguments, environment);
        var code = await podman.WaitForExit(Patience);
        return code == 0
            ? string.Join('\n', podman.OutputLines)
            : throw new InvalidOperationException($"podman {string.Join(' ', arguments)}: {podman.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("rm", "--all", "--force", "--time", "0");
        _folder.Dispose();
    }
}

/// <summary>A test with real containers: reported as skipped, with the reason, where none can run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() => Skip = TestContainers.Missing;
}

/// <summary>A test with real containers on a disk that is soon full.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerOnSmallDiskFactAttribute : FactAttribute
{
    public ContainerOnSmallDiskFactAttribute() => Skip = TestContainers.Missing ?? SmallDisk.Missing;
}

/// <summary>Whether containers can run here.</summary>
public static class TestContainers
{
    private static readonly string[] Programs = ["podman", "runc", "docker-registry", "busybox"];
    private static readonly Lazy<Task<string?>> Tried = new(() => Task.Run(TryAsync));

    /// <summary>Why none can; null where they can.</summary>
    public static string? Missing => Tried.Value.GetAwaiter().GetResult();

    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
            .Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    // By hand, not by the agent: what is wrong with the agent must not look like a machine without containers.
    private static async Task<string?> TryAsync()
    {
        if (Programs.Where(p => Find(p) is null).ToList() is { Count: > 0 } missing)
        {
            return $"not installed: {string.Join(", ", missing)}";
        }
        if (!Environment.IsPrivilegedProcess)
        {
            return "podman is tried as root here";
        }
        await using var engine = new TestEngine();
        await engine.ImportAsync("localhost/try:1", "", "sh");
        try
        {
            string[] few = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--network", "host"];
            await engine.RunAsync([
                "--runtime",
                Find("runc")!,
                "run",
                "--rm",
                .. few,
                "localhost/try:1",
                "/bin/sh",
                "-c",
                "exit 0",
            ]);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
