using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Durable.Child;

/// <summary>
/// Makes every step a transaction of its own, and stops the world right after a given one: kept, but with no effect
/// yet. Whoever started this process kills it then.
/// </summary>
internal sealed class HaltingObserver(int haltAfter) : ICommitObserver
{
    public int MaxBatch => 1;

    public int Count { get; private set; }

    public void Committed()
    {
        if (++Count == haltAfter)
        {
            Console.WriteLine("halted");
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
