using System.Diagnostics;
using Xunit;

namespace Trainyard.Tests.Shared;

/// <summary>A disk of a few megabytes, so that one can really be full.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is; set anew when it was moved with a folder above it.</summary>
    public string Folder { get; set; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Missing { get; } = Try();

    /// <summary>Mounts one over a folder, which is made where there is none.</summary>
    public static SmallDisk Mount(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "none", folder);
        return new SmallDisk(folder);
    }

    /// <summary>A file that takes all that is left but so many bytes, whatever programs write or free meanwhile.</summary>
    public string Fill(int bytesLeft)
    {
        const int Tries = 1000;
        var path = Path.Combine(Folder, "filler");
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[1024 * 1024];
        for (var i = 0; i < Tries && RestBut(bytesLeft) is > 0 and var rest; i++)
        {
            try
            {
                file.Write(block.AsSpan(0, (int)Math.Min(rest, block.Length)));
            }
            catch (IOException)
            {
                // Another program took what was there when it was looked at.
            }
        }
        return path;
    }

    private long RestBut(int bytesLeft) => new DriveInfo(Folder).AvailableFreeSpace - bytesLeft;

    // Lazily: a process that is being killed may still have its folder in it.
    public void Dispose() => Run("umount", "--lazy", Folder);

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "a disk of the test's own (tmpfs) takes root";
        }
        var folder = Directory.CreateTempSubdirectory("trainyard-").FullName;
        try
        {
            Mount(folder, 1).Dispose();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Trim()}");
        }
    }
}

/// <summary>A test on a <see cref="SmallDisk"/>: reported as skipped, with the reason, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresSmallDiskFactAttribute : FactAttribute
{
    public RequiresSmallDiskFactAttribute() => Skip = SmallDisk.Missing;
}

/// <inheritdoc cref="RequiresSmallDiskFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresSmallDiskTheoryAttribute : TheoryAttribute
{
    public RequiresSmallDiskTheoryAttribute() => Skip = SmallDisk.Missing;
}
