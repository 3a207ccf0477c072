namespace Trainyard.Benchmarks.Scheduling;

/// <summary>What must hold, and whether it did.</summary>
internal sealed class Checks
{
    public int Failed { get; private set; }

    public void That(bool holds, string text)
    {
        Failed += holds ? 0 : 1;
        Console.WriteLine($"{(holds ? "holds" : "DOES NOT HOLD")}: {text}");
    }
}
