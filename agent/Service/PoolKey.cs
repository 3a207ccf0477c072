namespace Trainyard.Agent.Service;

/// <summary>
/// The key that admits this node to its pool. It is read for every request, so that a new key needs no restart.
/// </summary>
internal sealed class PoolKey(string file)
{
    /// <exception cref="PoolKeyRefusedException">There is no key yet.</exception>
    public string Read()
    {
        try
        {
            var key = File.ReadAllText(file).Trim();
            return key.Length > 0 ? key : throw new PoolKeyRefusedException($"{file} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PoolKeyRefusedException($"{file} cannot be read: {e.Message}");
        }
    }
}
