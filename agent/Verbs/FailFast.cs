namespace Trainyard.Agent.Verbs;

/// <summary>Waits for tasks that must all succeed.</summary>
internal static class FailFast
{
    /// <summary>Waits for all tasks. The first failure cancels the others and is thrown.</summary>
    public static async Task WhenAllAsync(IReadOnlyCollection<Task> tasks, CancellationTokenSource cancelOthers)
    {
        Task? first = null;
        await foreach (var ended in Task.WhenEach(tasks))
        {
            if (ended.IsCompletedSuccessfully || first is not null)
            {
                continue;
            }
            first = ended;
            await cancelOthers.CancelAsync();
        }
        if (first is not null)
        {
            await first;
        }
    }
}
