using System.Diagnostics;
using System.Formats.Tar;

namespace Trainyard.Benchmarks.Service;

/// <summary>A container image of a shell and a clock, made of this machine's own programs: no registry is asked.</summary>
internal static class BenchmarkImage
{
    public const string Name = "localhost/trainyard-benchmark:1";

    /// <returns>False where podman, or a program for the image, is missing.</returns>
    public static async Task<bool> TryMakeAsync(string folder)
    {
        if (Find("podman") is not { } podman || Find("busybox") is not { } busybox || Find("date") is not { } date)
        {
            return false;
        }
        var root = Directory.CreateDirectory(Path.Combine(folder, "image")).FullName;
        var bin = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        File.Copy(busybox, Path.Combine(bin, "busybox"));
        File.CreateSymbolicLink(Path.Combine(bin, "sh"), "busybox");
        File.Copy(date, Path.Combine(bin, "date"));
        foreach (var library in await LibrariesAsync(date))
        {
            var copy = root + library;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(library, copy);
        }
        var tar = Path.Combine(folder, "image.tar");
        await TarFile.CreateFromDirectoryAsync(root, tar, includeBaseDirectory: false);
        await RunAsync(podman, "import", tar, Name);
        return true;
    }

    public static Task RemoveAsync() => RunAsync("podman", "rmi", "--force", Name);

    private static async Task<IEnumerable<string>> LibrariesAsync(string program)
    {
        var output = await RunAsync("ldd", program);
        return output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] == '/');
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
