using Trainyard.Agent.Facts;

namespace Trainyard.Agent.Sampling;

/// <summary>Queries the driver for the node's GPUs; simultaneous callers share one query.</summary>
internal sealed class GpuMeter(TimeProvider time, string program = "nvidia-smi") : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    // A hanging driver must not delay a sample for long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly string[] Question = [$"--query-gpu={GpuReading.Columns}", "--format=csv,noheader,nounits"];

    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<GpuReading> _latest = [];
    private long? _askedAt;

    /// <returns>Empty when the driver does not answer.</returns>
    public async Task<IReadOnlyList<GpuReading>> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is not { } at || time.GetElapsedTime(at) >= GoodFor)
            {
                _latest = GpuReading.ParseAll(await BoundedProgram.AskAsync(program, Question, Patience) ?? "");
                _askedAt = time.GetTimestamp();
            }
            return _latest;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
