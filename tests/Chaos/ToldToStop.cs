namespace Trainyard.Chaos;

/// <summary>The end of a story that was told to stop by SIGINT or SIGTERM.</summary>
internal static class ToldToStop
{
    private const int Interrupted = 130;

    /// <param name="story">Takes away what it made before it throws.</param>
    public static async Task<int> CatchAsync(Func<Task<int>> story)
    {
        try
        {
            return await story();
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("It was told to stop, and nothing was checked.");
            return Interrupted;
        }
    }
}
