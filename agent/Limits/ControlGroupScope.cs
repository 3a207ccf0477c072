namespace Trainyard.Agent.Limits;

/// <summary>Moves the calling thread into control groups, and back when it is disposed.</summary>
/// <param name="from">The thread's own groups, one for each hierarchy.</param>
/// <param name="to">The groups to go to.</param>
internal sealed class ControlGroupScope(IReadOnlyList<string> from, IReadOnlyList<string> to) : IDisposable
{
    // The kernel's word for the thread that writes.
    private const string Self = "0";

    /// <returns>False when the thread is where it was.</returns>
    public bool TryGo()
    {
        // Whoever may not go back does not leave.
        if (!from.All(TryMoveTo))
        {
            return false;
        }
        if (to.All(TryMoveTo))
        {
            return true;
        }
        Dispose();
        return false;
    }

    public void Dispose()
    {
        foreach (var folder in from)
        {
            TryMoveTo(folder);
        }
    }

    private static bool TryMoveTo(string folder)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, ControlGroupLayout.Threads), Self);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
