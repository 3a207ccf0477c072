using Trainyard.Core;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Hosting;

/// <summary>Holds the state folder for one service at a time. The lock goes with the process, however it ends.</summary>
internal sealed class ServiceLock : IDisposable
{
    private readonly FileStream file;

    public ServiceLock(StateFolder home)
    {
        DurableFiles.CreatePrivateFolder(home.Path);
        try
        {
            file = new FileStream(home.ServiceLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException(
                $"Another service uses the state folder '{home.Path}'. Stop it, or set {StateFolder.Variable} to another folder.",
                e
            );
        }
    }

    public void Dispose() => file.Dispose();
}
