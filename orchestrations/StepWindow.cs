namespace Trainyard.Orchestrations;

/// <summary>Numbered steps of an orchestration, so many at once: where one ends, the next begins.</summary>
internal sealed class StepWindow<T>(int parallel, Func<T, bool> isLast)
    where T : class
{
    /// <summary>Runs the steps, until one of them is the last or the end is asked for; what is under way then is left.</summary>
    /// <returns>The result that was the last; null without one.</returns>
    public async Task<T?> RunAsync(int first, int end, Func<int, Task<T>> begin, Task endIsAsked)
    {
        var running = new List<Task<T>>(parallel);
        for (var step = first; step < end || running.Count > 0; )
        {
            while (step < end && running.Count < parallel)
            {
                running.Add(begin(step++));
            }
            await Task.WhenAny([endIsAsked, .. running]);
            foreach (var done in running.FindAll(task => task.IsCompleted))
            {
                running.Remove(done);
                if (await done is { } result && isLast(result))
                {
                    return result;
                }
            }
            if (endIsAsked.IsCompleted)
            {
                return null;
            }
        }
        return null;
    }
}

internal static class StepWindow
{
    /// <summary>Bounded, so that one run with very many files leaves room for the others.</summary>
    public const int Parallel = 8;
}
