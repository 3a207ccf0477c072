using Trainyard.Agent.Gpus;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Sampling;

/// <summary>
/// Samples a command's resource use every ten seconds, adds it to the run's measurements, and keeps the peaks.
/// </summary>
/// <param name="run">The run of the command.</param>
/// <param name="gpus">The GPUs of the run.</param>
/// <param name="meter">The meter of the node's GPUs; null on a node without.</param>
/// <param name="spool">Gets the samples.</param>
/// <param name="time">The clock.</param>
internal sealed class CommandSampler(
    RunId run,
    IReadOnlyList<Gpu> gpus,
    GpuMeter? meter,
    Spool spool,
    TimeProvider time
)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<ProcessGroup> _started = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private readonly Dictionary<string, long> _errorsAtFirst = [];
    private Dictionary<(int Pid, long Started), ProcessCounters> _processes = [];
    private NetworkCounters? _network;
    private long _sampledAt;
    private long _index;

    /// <summary>The highest values so far.</summary>
    public MachinePeaks Peaks { get; private set; } = new();

    /// <summary>Sets the command's processes, which starts the sampling.</summary>
    public void Watch(ProcessGroup processes) => _started.TrySetResult(processes);

    /// <summary>Runs until the token is canceled.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        try
        {
            var processes = await _started.Task.WaitAsync(ended);
            var begin = _sampledAt = time.GetTimestamp();
            for (var pause = First; ; pause = Interval)
            {
                await Task.Delay(pause, time, ended);
                var sample = await SampleAsync(processes, ended);
                Peaks = Peaks.Max(sample.ToPeaks() with { GpuErrors = NewErrors(sample.Gpus) });
                spool.Append(sample.ToRecord(time.GetElapsedTime(begin)).ToLine(run, ++_index, time.GetUtcNow()));
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private async Task<MachineSample> SampleAsync(ProcessGroup processes, CancellationToken cancellationToken)
    {
        var readings = await ReadGpusAsync(cancellationToken);
        var now = new Dictionary<(int, long), ProcessCounters>();
        var network = NetworkCounters.Read(processes.Mark.Leader);
        foreach (var process in processes.Members())
        {
            if (ProcessCounters.Read(process) is { } counters)
            {
                now[(process.Pid, process.StartTime)] = counters;
            }
        }
        var seconds = Math.Max(time.GetElapsedTime(_sampledAt).TotalSeconds, 0.001);
        var sample = new MachineSample
        {
            CpuPercent = 100 * Grown(now, counters => counters.CpuSeconds) / seconds,
            MemoryBytes = now.Values.Sum(counters => counters.ResidentBytes),
            Processes = now.Count,
            DiskRead = Grown(now, counters => counters.ReadBytes) / seconds,
            DiskWritten = Grown(now, counters => counters.WrittenBytes) / seconds,
            NetworkReceived = Rate(network?.ReceivedBytes, _network?.ReceivedBytes, seconds),
            NetworkSent = Rate(network?.SentBytes, _network?.SentBytes, seconds),
            Gpus = readings,
        };
        (_processes, _network, _sampledAt) = (now, network, time.GetTimestamp());
        return sample;
    }

    // All use of a process that was not in the last sample is new.
    private double Grown(
        Dictionary<(int Pid, long Started), ProcessCounters> now,
        Func<ProcessCounters, double> count
    ) =>
        now.Sum(entry =>
            Math.Max(0, count(entry.Value) - (_processes.GetValueOrDefault(entry.Key) is { } old ? count(old) : 0))
        );

    private static double? Rate(long? now, long? before, double seconds) =>
        now is { } a && before is { } b ? Math.Max(0, a - b) / seconds : null;

    private async Task<IReadOnlyList<GpuReading>> ReadGpusAsync(CancellationToken cancellationToken)
    {
        if (meter is null || gpus.Count == 0)
        {
            return [];
        }
        var all = await meter.ReadAsync(cancellationToken);
        return [.. gpus.Select(gpu => all.FirstOrDefault(r => r.Uuid == gpu.Uuid)).OfType<GpuReading>()];
    }

    private long? NewErrors(IReadOnlyList<GpuReading> readings)
    {
        long? sum = null;
        foreach (var gpu in readings)
        {
            if (gpu.Errors is { } errors)
            {
                _errorsAtFirst.TryAdd(gpu.Uuid, errors);
                sum = (sum ?? 0) + Math.Max(0, errors - _errorsAtFirst[gpu.Uuid]);
            }
        }
        return sum;
    }
}
