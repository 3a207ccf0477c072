using Trainyard.Agent.Containers;
using Trainyard.Agent.Files;
using Trainyard.Agent.Node;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Facts;

/// <summary>What the node can provide: what is quickly found out at each question, Python and driver seldom.</summary>
/// <param name="python">Asks the Pythons.</param>
/// <param name="containers">Ends when it is known whether containers work.</param>
/// <param name="slots">With the node's GPUs.</param>
/// <param name="work">The folder of the attempts.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeFactsWatch(
    PythonProbe python,
    Task<NodeContainers?> containers,
    SlotTable slots,
    string work,
    TimeProvider time
)
{
    // What an operator installs is soon seen; looking costs a tenth of a second.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private volatile IReadOnlyList<PythonFacts>? _pythons;
    private volatile GpuQuery _gpus = GpuQuery.Nothing;
    private readonly TaskCompletionSource _looked = NewSignal();
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Whether a node without GPUs takes the runs that need some.</summary>
    public required bool CpuStandIn { get; init; }

    /// <summary>What manifests can require of the node; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What of the network commands reach.</summary>
    public required NetworkAccess Network { get; init; }

    /// <summary>Whether this is the service's own machine.</summary>
    public required bool IsServiceMachine { get; init; }

    /// <summary>Ends when Python, driver or containers say something else than when it was read.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Ends when Python and driver were asked for the first time.</summary>
    public Task Looked => _looked.Task;

    public NodeCapabilities Now =>
        new()
        {
            Cpus = MachineSize.Cpus,
            MemoryBytes = MachineSize.MemoryBytes,
            FreeDiskBytes = FreeDisk(work),
            Gpus = _gpus.Describe(slots.Present),
            GpuDriver = _gpus.Driver,
            Pythons = _pythons,
            ContainersPending = !containers.IsCompleted,
            Network = Network.ToString().ToLowerInvariant(),
            Labels = Labels,
            CpuStandIn = CpuStandIn,
            IsServiceMachine = IsServiceMachine,
        };

    /// <summary>Ends with the token.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        _ = TellContainersAsync();
        while (!ended.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellContainersAsync()
    {
        await ((Task)containers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Tell();
    }

    private void Tell() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    public async Task LookAsync()
    {
        var before = Describe();
        var asking = slots.Gpus > 0 ? GpuQuery.AskAsync() : Task.FromResult(GpuQuery.Nothing);
        _pythons = await python.FindAsync();
        _gpus = await asking;
        if (Describe() != before)
        {
            Tell();
        }
        _looked.TrySetResult();
    }

    private string Describe() =>
        _pythons is { } known
            ? $"{_gpus.Driver};{string.Join(';', known.Select(p => $"{p.Program} {p.Version} {string.Join(',', p.Packages)}"))}"
            : "";

    // In whole GiB: what changes with every file would be written at every question.
    private static long? FreeDisk(string work)
    {
        try
        {
            return DiskSpace.FreeAt(work) >> 30 << 30;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
