using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Prometheus;

namespace Trainyard.Functions.Monitoring;

/// <summary>Collects all metrics that operators' systems scrape, as one text.</summary>
public sealed class ServiceMetrics : IHostedLifecycleService, IDisposable
{
    // The stores are read at most once in this time, however many clients scrape.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    private static readonly double[] RequestBuckets = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TimeProvider _time;
    private readonly Lazy<IDisposable> _meters;
    private readonly RunCounters _counters;
    private readonly StoreCounters _stores;
    private (long At, byte[] Text)? _last;

    public ServiceMetrics(PoolGauges gauges, TimeProvider time)
    {
        _time = time;
        gauges.AddTo(_registry);
        _counters = new RunCounters(_registry);
        _stores = new StoreCounters(_registry);
        _meters = new Lazy<IDisposable>(ListenToMeters);
    }

    /// <summary>The metrics as OpenMetrics text, at most two seconds old.</summary>
    internal async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && _time.GetElapsedTime(last.At) < GoodFor)
            {
                return last.Text;
            }
            _ = _meters.Value;
            using var text = new MemoryStream();
            await _registry.CollectAndExportAsTextAsync(text, ExpositionFormat.OpenMetricsText, cancellationToken);
            _last = (_time.GetTimestamp(), text.ToArray());
            return _last.Value.Text;
        }
        finally
        {
            _one.Release();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Starts the meters of the process and the web server once the service answers. Runs are counted from the start,
    /// before the first scrape.
    /// </summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => _meters.Value, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        if (_meters.IsValueCreated)
        {
            _meters.Value.Dispose();
        }
        _counters.Dispose();
        _stores.Dispose();
        _one.Dispose();
    }

    private IDisposable ListenToMeters() =>
        MeterAdapter.StartListening(
            new MeterAdapterOptions
            {
                Registry = _registry,
                MetricFactory = Metrics.WithCustomRegistry(_registry),
                InstrumentFilterPredicate = IsWanted,
                ResolveHistogramBuckets = _ => RequestBuckets,
            }
        );

    // The process's memory and threads, the web server's requests and connections, and the embedded engine's load.
    private static bool IsWanted(Instrument instrument) =>
        instrument.Meter.Name
            is "System.Runtime"
                or "Trainyard.Engine"
                or "Microsoft.AspNetCore.Hosting"
                or "Microsoft.AspNetCore.Server.Kestrel";
}
