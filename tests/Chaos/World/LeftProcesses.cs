using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Trainyard.Chaos.World;

/// <summary>
/// Ends what commands of runs leave when their agent is killed: every process with a variable that names something below
/// a folder of this story's own.
/// </summary>
internal static partial class LeftProcesses
{
    private const int Sigkill = 9;
    private const int Rounds = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task KillAsync(string folder)
    {
        // More than once: what is killed may have started another one.
        for (var round = 0; round < Rounds; round++)
        {
            var left = Of(folder).ToList();
            if (left.Count == 0)
            {
                return;
            }
            foreach (var process in left)
            {
                _ = SendSignal(process, Sigkill);
            }
            await Task.Delay(Pause);
        }
    }

    public static IEnumerable<int> Of(string folder)
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var process)
                && process != Environment.ProcessId
                && Read(Path.Combine(path, "environ")).Contains(folder + "/", StringComparison.Ordinal)
            )
            {
                yield return process;
            }
        }
    }

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
