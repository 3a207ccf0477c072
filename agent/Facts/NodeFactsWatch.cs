using Trainyard.Agent.Containers;
using Trainyard.Agent.Files;
using Trainyard.Agent.Node;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Facts;

/// <summary>
/// The node's facts. Cheap ones are read for every request; Python and the driver are queried rarely.
/// </summary>
/// <param name="python">Queries the Python interpreters.</param>
/// <param name="containers">Completes when it is known whether containers work.</param>
/// <param name="slots">The slots, with the node's GPUs.</param>
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
    // A query takes a tenth of a second, and shows soon what an operator has installed.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    // A first run that waits already has the processors for itself until then.
    private static readonly TimeSpan OldPythonAfter = TimeSpan.FromSeconds(1);

    private volatile IReadOnlyList<PythonFacts>? _pythons;
    private volatile bool _pythonsPending;
    private volatile GpuQuery _gpus = GpuQuery.Nothing;
    private readonly TaskCompletionSource _looked = NewSignal();
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Whether a node without GPUs takes runs that need GPUs.</summary>
    public required bool CpuStandIn { get; init; }

    /// <summary>The labels that manifests can require; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The networks that commands can reach.</summary>
    public required NetworkAccess Network { get; init; }

    /// <summary>Whether the service runs on this machine.</summary>
    public required bool IsServiceMachine { get; init; }

    /// <summary>Completes when the facts of Python, the driver or containers change.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Completes after the first query of Python and the driver.</summary>
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
            PythonsPending = _pythonsPending,
            ContainersPending = !containers.IsCompleted,
            Network = Network.ToString().ToLowerInvariant(),
            Labels = Labels,
            CpuStandIn = CpuStandIn,
            IsServiceMachine = IsServiceMachine,
        };

    /// <summary>Runs until the token is canceled.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        _ = TellContainersAsync();
        while (!ended.IsCancellationRequested)
        {
            await LookAsync(ended);
            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellContainersAsync()
    {
        await ((Task)containers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Tell();
    }

    private void Tell() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    private async Task LookAsync(CancellationToken ended)
    {
        var before = Describe();
        var asking = slots.Gpus > 0 ? GpuQuery.AskAsync() : Task.FromResult(GpuQuery.Nothing);
        if (_pythons is null && python.HasOld)
        {
            _pythons = await LookInTurnAsync(asking, ended);
        }
        else
        {
            _pythons = await python.FindAsync();
        }
        _pythonsPending = false;
        _gpus = await asking;
        if (Describe() != before)
        {
            Tell();
        }
        _looked.TrySetResult();
    }

    // The first request goes out with the usual Python.
    private async Task<IReadOnlyList<PythonFacts>> LookInTurnAsync(Task<GpuQuery> asking, CancellationToken ended)
    {
        var usual = await python.FindUsualAsync();
        _gpus = await asking;
        _pythonsPending = true;
        _pythons = usual;
        _looked.TrySetResult();
        await Task.Delay(OldPythonAfter, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. usual, .. await python.FindOldAsync()];
    }

    private string Describe() =>
        _pythons is { } known
            ? $"{_gpus.Driver};{string.Join(';', known.Select(p => $"{p.Program} {p.Version} {string.Join(',', p.Packages)}"))}"
            : "";

    // In whole GiB, because a value that changes with every file would be stored with every request.
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
