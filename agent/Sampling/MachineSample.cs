using System.Globalization;
using Trainyard.Agent.Metrics;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Sampling;

/// <summary>A command's resource use at one moment.</summary>
internal sealed record MachineSample
{
    /// <summary>The metrics group of the samples.</summary>
    public const string Group = "system";

    /// <summary>100 per fully used processor; null in the first sample.</summary>
    public double? CpuPercent { get; init; }

    public long MemoryBytes { get; init; }

    public int Processes { get; init; }

    /// <summary>Bytes per second since the last sample.</summary>
    public double? DiskRead { get; init; }

    public double? DiskWritten { get; init; }

    public double? NetworkReceived { get; init; }

    public double? NetworkSent { get; init; }

    /// <summary>The GPUs of the run, in the order that the run sees.</summary>
    public IReadOnlyList<GpuReading> Gpus { get; init; } = [];

    /// <param name="secondsIn">The time since the command started.</param>
    public ExtractedRecord ToRecord(TimeSpan secondsIn)
    {
        var record = new ExtractedRecord(Group);
        record.ETimes.Add(
            new ExtractedValue(
                "seconds",
                ExtractedValue.Int,
                secondsIn.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)
            )
        );
        Add(record, "cpu_percent", CpuPercent);
        Add(record, "memory_bytes", MemoryBytes);
        Add(record, "processes", Processes);
        Add(record, "disk_read_bytes_per_second", DiskRead);
        Add(record, "disk_written_bytes_per_second", DiskWritten);
        Add(record, "network_received_bytes_per_second", NetworkReceived);
        Add(record, "network_sent_bytes_per_second", NetworkSent);
        for (var index = 0; index < Gpus.Count; index++)
        {
            AddGpu(record, $"gpu{index}", Gpus[index]);
        }
        return record;
    }

    public MachinePeaks ToPeaks() =>
        new()
        {
            CpuPercent = CpuPercent,
            MemoryBytes = MemoryBytes,
            GpuPercent = Gpus.Max(gpu => gpu.Percent),
            GpuMemoryBytes = Gpus.Max(gpu => gpu.MemoryBytes),
            GpuWatts = Gpus.Max(gpu => gpu.Watts),
            GpuCelsius = Gpus.Max(gpu => gpu.Celsius),
        };

    private static void AddGpu(ExtractedRecord record, string name, GpuReading gpu)
    {
        Add(record, $"{name}_percent", gpu.Percent);
        Add(record, $"{name}_memory_bytes", gpu.MemoryBytes);
        Add(record, $"{name}_watts", gpu.Watts);
        Add(record, $"{name}_celsius", gpu.Celsius);
        Add(record, $"{name}_errors", gpu.Errors);
    }

    private static void Add(ExtractedRecord record, string name, double? value)
    {
        if (value is { } number)
        {
            var text = number.ToString("0.##", CultureInfo.InvariantCulture);
            record.Values.Add(new ExtractedValue(name, ExtractedValue.Float, text));
        }
    }
}
