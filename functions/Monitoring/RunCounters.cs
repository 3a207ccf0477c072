using System.Diagnostics.Metrics;
using Prometheus;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Monitoring;

/// <summary>Counters of ended runs and durations of phases, from the domain's meter.</summary>
internal sealed class RunCounters : IDisposable
{
    private static readonly string[] EndedLabels = ["state", "reason", "fault"];

    private static readonly HistogramConfiguration PhaseBuckets = new()
    {
        // Seconds, from a lease to a training of days.
        Buckets = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 43200, 86400, 259200],
    };

    private readonly MeterListener _listener = new();
    private readonly Counter _ended;
    private readonly Counter _preempted;
    private readonly Histogram _phaseSeconds;

    public RunCounters(CollectorRegistry registry)
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        _ended = metrics.CreateCounter("trainyard_runs_ended_total", "Runs that ended, and why.", EndedLabels);
        _preempted = metrics.CreateCounter("trainyard_runs_preempted_total", "How often runs gave way to other runs.");
        _phaseSeconds = metrics.CreateHistogram(
            "trainyard_run_phase_seconds",
            "How long runs were in a phase that they have left.",
            ["phase"],
            PhaseBuckets
        );
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RunMeters.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((counter, value, tags, _) => Count(counter, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Observe(value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument counter, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (counter.Name == RunMeters.PreemptedName)
        {
            _preempted.Inc(value);
        }
        else
        {
            _ended.WithLabels(Array.ConvertAll(EndedLabels, FinderIn(tags))).Inc(value);
        }
    }

    private void Observe(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _phaseSeconds.WithLabels(FinderIn(tags)("phase")).Observe(value);

    private static Converter<string, string> FinderIn(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString() ?? "");
        return name => values.GetValueOrDefault(name, "");
    }
}
