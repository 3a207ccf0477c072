using System.Globalization;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>
/// The most memory that a process held at once: all of it, as the kernel counts it, and the anonymous part, which the kernel keeps no
/// peak of, so it is looked at again and again. The rest are pages of files, such as the code of libraries, which processes share.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly int _process;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;
    private double _anonymous;

    private MemoryWatch(int process)
    {
        _process = process;
        // From here on the kernel counts anew.
        File.WriteAllText($"/proc/{process}/clear_refs", "5");
        _watching = WatchAsync();
    }

    public static MemoryWatch Start(int process) => new(process);

    /// <summary>Ends the watch.</summary>
    public async Task<MemoryPeak> StopAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        return new MemoryPeak(Mebibytes("VmHWM:"), _anonymous);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _ended.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            _anonymous = Math.Max(_anonymous, Mebibytes("RssAnon:"));
            await Task.Delay(Pause, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private double Mebibytes(string name)
    {
        var line = File.ReadLines($"/proc/{_process}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1024;
    }
}

/// <summary>In MiB: all that was in memory at once, and the most that was the process's own.</summary>
internal sealed record MemoryPeak(double Resident, double Anonymous)
{
    public static MemoryPeak Largest(IEnumerable<MemoryPeak> peaks) =>
        peaks.Aggregate((a, b) => new(Math.Max(a.Resident, b.Resident), Math.Max(a.Anonymous, b.Anonymous)));

    public override string ToString() => $"{Resident:0} MiB ({Anonymous:0} anonymous)";
}
