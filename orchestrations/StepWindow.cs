namespace Trainyard.Orchestrations;

/// <summary>
/// Runs the numbered steps of an orchestration with limited parallelism: when one ends, the next begins.
/// </summary>
internal sealed class StepWindow<T>(int parallel, Func<T, bool> isLast)
    where T : class
{
    /// <summary>
    /// Runs the steps until one returns a last result or <c>endIsAsked</c> completes; steps under way are not awaited.
    /// </summary>
    /// <returns>The last result; null when no step returned one.</returns>
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
    /// <summary>
    /// The number of parallel steps, limited so that a run with very many files leaves room for other runs.
    /// </summary>
    public const int Parallel = 8;
}
