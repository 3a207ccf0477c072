using System.Diagnostics.Metrics;

namespace Trainyard.Core.Stores;

/// <summary>Measures the requests of this process to users' buckets.</summary>
public static class StoreMeters
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Trainyard.Stores";

    private static readonly Meter Meter = new(Name);

    /// <summary>Requests by <c>type</c> of store, <c>operation</c>, and <c>failure</c>: empty where there was none.</summary>
    public static Counter<long> Requests { get; } = Meter.CreateCounter<long>("store_requests");

    /// <summary>Bytes by <c>type</c> of store and <c>direction</c>: read or written.</summary>
    public static Counter<long> Bytes { get; } = Meter.CreateCounter<long>("store_bytes");
}
