using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.State;

/// <summary>Locks the state folder for one process. The system frees the lock however the process ends.</summary>
internal sealed class ServiceLock(HostFolder folder) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="HostStartException">Another process has the folder.</exception>
    public void Take()
    {
        try
        {
            _file = new FileStream(
                folder.File("service.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e)
        {
            throw new HostStartException(
                $"Another service already runs on the state folder {folder.Path}; stop it, or set {HostFolder.Variable} to another folder.",
                e
            );
        }
    }

    public void Dispose() => _file?.Dispose();
}
