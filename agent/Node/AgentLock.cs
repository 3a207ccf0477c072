using System.Globalization;
using Trainyard.Agent.Files;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Node;

/// <summary>
/// Holds the lock that keeps a second agent out of the same work folder, and writes the process id to a file beside it.
/// </summary>
internal sealed class AgentLock : IDisposable
{
    /// <summary>A process that only tests the lock holds it for a moment, so one try is not enough.</summary>
    private const int Looks = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _held;
    private readonly string _pidFile;

    private AgentLock(FileStream held, string pidFile)
    {
        _held = held;
        _pidFile = pidFile;
        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <returns>Null when another agent holds the lock.</returns>
    public static async Task<AgentLock?> TryTakeAsync(AgentPaths paths)
    {
        PrivateFolder.Create(Path.GetDirectoryName(paths.LockFile)!);
        for (var look = 1; ; look++)
        {
            var taken = TryOnce(paths);
            if (taken is not null || look == Looks)
            {
                return taken;
            }
            await Task.Delay(Pause);
        }
    }

    private static AgentLock? TryOnce(AgentPaths paths)
    {
        try
        {
            return new AgentLock(
                new FileStream(paths.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None),
                paths.PidFile
            );
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    public void Dispose()
    {
        // The home may have been deleted meanwhile.
        if (File.Exists(_pidFile))
        {
            File.Delete(_pidFile);
        }
        _held.Dispose();
    }
}
