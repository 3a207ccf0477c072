using System.Globalization;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Node;

/// <summary>Holds the lock that keeps a second agent out of the same work folder, and names this process beside it.</summary>
internal sealed class AgentLock : IDisposable
{
    private readonly FileStream held;
    private readonly string pidFile;

    private AgentLock(FileStream held, string pidFile)
    {
        this.held = held;
        this.pidFile = pidFile;
        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <returns>Null when another agent holds it.</returns>
    public static AgentLock? TryTake(AgentPaths paths)
    {
        PrivateFolder.Create(Path.GetDirectoryName(paths.LockFile)!);
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
        File.Delete(pidFile);
        held.Dispose();
    }
}
