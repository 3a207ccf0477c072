namespace Trainyard.Durable.Child;

/// <summary>What really happened, in a file that outlives the process.</summary>
internal sealed class Ledger(string path)
{
    private readonly Lock _gate = new();

    public bool Has(string line)
    {
        lock (_gate)
        {
            return File.Exists(path) && File.ReadLines(path).Contains(line);
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            File.AppendAllLines(path, [line]);
        }
    }
}
