using System.Diagnostics.Metrics;
using Prometheus;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Monitoring;

/// <summary>Counters of requests and bytes to users' buckets, from the stores' meter.</summary>
internal sealed class StoreCounters : IDisposable
{
    private static readonly string[] RequestLabels = ["type", "operation", "failure"];
    private static readonly string[] ByteLabels = ["type", "direction"];

    private readonly MeterListener _listener = new();

    public StoreCounters(CollectorRegistry registry)
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        var requests = metrics.CreateCounter(
            "trainyard_store_requests_total",
            "Requests to users' buckets, and how they failed: empty where they did not.",
            RequestLabels
        );
        var bytes = metrics.CreateCounter(
            "trainyard_store_bytes_total",
            "Bytes read from users' buckets and written to them by the service itself.",
            ByteLabels
        );
        // Made before the listener: an instrument that is published while it is made is not assigned yet, and would not
        // be known.
        var (asked, moved) = (StoreMeters.Requests, StoreMeters.Bytes);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument == asked)
            {
                listener.EnableMeasurementEvents(instrument, (requests, RequestLabels));
            }
            else if (instrument == moved)
            {
                listener.EnableMeasurementEvents(instrument, (bytes, ByteLabels));
            }
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private static void Count(
        Instrument instrument,
        long value,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state
    )
    {
        var (counter, labels) = ((Counter, string[]))state!;
        var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString() ?? "");
        counter.WithLabels(Array.ConvertAll(labels, label => values.GetValueOrDefault(label, ""))).Inc(value);
    }
}
