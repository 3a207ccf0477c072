using System.Collections.Concurrent;
using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Faults;

/// <summary>Chooses faults at random moments, several at a time, and ends each.</summary>
internal sealed class FaultInjector(Yard yard, CampaignOptions options, Action<string> tell)
{
    private readonly Random _random = new(options.Seed);
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly HashSet<string> _underway = [];

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public int Total => _counts.Values.Sum();

    /// <summary>Ends after the wanted number of faults, or when told to; every fault is ended then.</summary>
    public async Task WorkAsync(CancellationToken stop)
    {
        var faults = FaultCatalogue.For(yard, options.Only);
        var ends = new List<Task>();
        while (Total < options.Faults && !stop.IsCancellationRequested)
        {
            // Exponential pauses: sometimes several at once, sometimes time to recover.
            var pause = options.FaultEvery * -Math.Log(1 - _random.NextDouble());
            await Task.Delay(pause, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            foreach (var program in yard.Programs)
            {
                program.Revive();
            }
            var fault = Choose(faults);
            if (stop.IsCancellationRequested || !TryEnter(fault))
            {
                continue;
            }
            _counts.AddOrUpdate(fault.Name, 1, (_, count) => count + 1);
            ends.Add(ApplyAsync(fault, fault.Longest * _random.NextDouble(), stop));
            ends.RemoveAll(end => end.IsCompletedSuccessfully);
        }

        await Task.WhenAll(ends);
    }

    private async Task ApplyAsync(Fault fault, TimeSpan lasts, CancellationToken stop)
    {
        tell($"{fault.Name} for {lasts.TotalSeconds:0.0} s");
        try
        {
            fault.Begin(yard, _random);
            await Task.Delay(lasts, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        finally
        {
            fault.End(yard);
            lock (_underway)
            {
                _underway.Remove(fault.Name);
            }
        }
    }

    private bool TryEnter(Fault fault)
    {
        lock (_underway)
        {
            return _underway.Add(fault.Name);
        }
    }

    private Fault Choose(IReadOnlyList<Fault> faults)
    {
        var ticket = _random.Next(faults.Sum(fault => fault.Weight));
        foreach (var fault in faults)
        {
            ticket -= fault.Weight;
            if (ticket < 0)
            {
                return fault;
            }
        }

        throw new InvalidOperationException("No fault was chosen.");
    }
}
