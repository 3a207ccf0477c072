namespace Trainyard.Agent.Verbs;

/// <summary>Tasks that stand or fall together.</summary>
internal static class FailFast
{
    /// <summary>Waits for all; the first failure cancels the others, and is what is thrown.</summary>
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
