using System.Diagnostics;

namespace Trainyard.Chaos.World;

/// <summary>A folder on a disk of its own size, which can be full: tmpfs, for root. For others a plain folder that never is.</summary>
internal sealed class SizedDisk : IDisposable
{
    private readonly string _ballast;

    public SizedDisk(string path, int megabytes)
    {
        Path = Directory.CreateDirectory(path).FullName;
        _ballast = System.IO.Path.Combine(Path, ".ballast");
        IsSized =
            Environment.IsPrivilegedProcess
            && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", Path);
    }

    public string Path { get; }

    public bool IsSized { get; }

    /// <summary>Takes all space but these bytes.</summary>
    public void Fill(long leaving)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace;
        if (IsSized && free > leaving)
        {
            Run("fallocate", "-l", $"{free - leaving}", _ballast);
        }
    }

    public void Free() => File.Delete(_ballast);

    public void Dispose()
    {
        if (IsSized)
        {
            Run("umount", "--lazy", Path);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
