using Microsoft.Extensions.Logging;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Containers;
using Trainyard.Agent.Environments;
using Trainyard.Agent.Facts;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sampling;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Transfers;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Startup;

/// <summary>Probes the node and creates the services that its attempts share. Slow probes run in parallel.</summary>
internal sealed class NodeSetup(AgentPaths paths, AgentSettings settings, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ContainersAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly Orphans? _orphans = Orphans.TryBegin(TimeProvider.System, logger);
    private readonly HttpClient _toService = HttpClients.ForService();
    private readonly HttpClient _toStores = HttpClients.ForStores(settings.UseProxy);
    private SpawnThread? _spawner;
    private NetworkGuard _network = NetworkGuard.Open;

    /// <exception cref="SandboxUnavailableException">The demanded sandbox does not work.</exception>
    /// <exception cref="ContainersUnavailableException">The demanded container engine does not work.</exception>
    /// <exception cref="NetworkRulesUnavailableException">The demanded network rules cannot be enforced.</exception>
    public async Task<NodeParts> StartAsync()
    {
        var id = NodeIdentity.LoadOrCreate(paths.Work, MachineFingerprint.Read());
        _spawner = new SpawnThread { Orphans = _orphans };
        // Asked in parallel with the other probes, because the first run waits for the answer.
        var pythons = new PythonProbe(JobEnvironment.SearchPath);
        var interpreter = pythons.BeginAsync();
        var probe = GpuProbe.OfThisProcess();
        var listing = probe.ListAsync(CancellationToken.None);
        var choosing = ChooseSandboxAsync(_spawner);
        var address = new ServiceAddress(paths.ServiceFile, paths.ServiceUrl);
        var user = settings.Agent.CommandUser;
        var network = NetworkGuard.BeginAsync(settings.Pool.Network, choosing, id, user, address.LocalPort, logger);
        var groups = FindControlGroups();
        var found = await listing;
        var slots = new SlotTable(found.Gpus, found.State is GpuState.None ? settings.Pool.Slots : 0);
        var containers = FindContainersAsync(id, found.Gpus.Count > 0);
        if (settings.Agent.Containers is not ContainerMode.Auto)
        {
            // A demanded engine must work, or the agent does not start.
            await containers;
        }
        var sandbox = await choosing;
        var leftovers = new Leftovers(paths.Work, groups, TimeProvider.System, logger);
        var remains = await leftovers.ClearAsync(CancellationToken.None);
        _network = await network;
        var guarded = GuardAsync(containers);
        if (settings.Agent.Containers is not ContainerMode.Auto)
        {
            await guarded;
        }
        var data = OpenCache();
        var node = new NodeServices
        {
            Node = id,
            Work = paths.Work,
            Service = new ServiceClient(_toService, address),
            Address = address,
            Stores = _toStores,
            OpenStores = authorities => HttpClients.ForStores(settings.UseProxy, authorities),
            Spawner = _spawner,
            Sandbox = sandbox,
            Containers = guarded,
            Network = _network,
            Groups = groups,
            GpuMeter = found.State is GpuState.None ? null : new GpuMeter(TimeProvider.System),
            Data = data,
            Environments = new PythonEnvironments(paths.Work, settings.Agent, TimeProvider.System),
            Python = PythonPrograms.Behind(await interpreter, JobEnvironment.SearchPath),
            Options = settings.Agent,
            Time = TimeProvider.System,
            Logger = logger,
        };
        return new NodeParts(node, slots, WatchGpus(probe, found, slots, remains), WatchFacts(node, slots, pythons));
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _network.Dispose();
        _spawner?.Dispose();
        _orphans?.Dispose();
        _toService.Dispose();
        _toStores.Dispose();
        _ended.Dispose();
    }

    private ControlGroups FindControlGroups()
    {
        var groups = new ControlGroups(ControlGroupProbe.OfThisProcess.Find(), logger);
        if (groups.Unlimited.Count > 0)
        {
            NodeLog.NotLimited(logger, string.Join(", ", groups.Unlimited));
        }
        return groups;
    }

    private DataCache OpenCache()
    {
        var folder = Path.Combine(paths.Work, "data");
        var data = new DataCache(folder, settings.Agent.MaxCacheBytes, TimeProvider.System, logger);
        data.Open();
        return data;
    }

    private Task<ISandbox> ChooseSandboxAsync(SpawnThread spawner)
    {
        // Hides the agent's home, or else the folder of its work and its key, from commands.
        var secret = paths.ServiceFile is { } file ? Path.GetDirectoryName(file)! : paths.Work;
        var ownNetwork = settings.Pool.Network is NetworkAccess.None;
        return new SandboxProbe(spawner, paths.Work, ownNetwork, logger).ChooseAsync(settings.Agent, secret);
    }

    private GpuWatch WatchGpus(GpuProbe probe, GpuListing found, SlotTable slots, IReadOnlyList<ProcessGroup> remains)
    {
        var gpus = new GpuWatch(probe, slots, TimeProvider.System, logger);
        gpus.Begin(found);
        // Does not offer slots that are held by processes that cannot be killed.
        var aside = new SlotQuarantine(slots, TimeProvider.System, logger);
        foreach (var group in remains)
        {
            _ = aside.ReleaseWhenGoneAsync(slots.Take(group.Mark.Slots), group);
        }
        if (found.State is not GpuState.None)
        {
            _ = Task.Run(() => gpus.RunAsync(_ended.Token));
        }
        return gpus;
    }

    // An optional engine is probed a little later, so that a first run that waits already has the processors for itself.
    private async Task<NodeContainers?> FindContainersAsync(string node, bool hasGpus)
    {
        if (settings.Agent.Containers is ContainerMode.Auto)
        {
            await Task.Delay(ContainersAfter);
        }
        return await new NodeContainersSearch(node, paths, settings, logger).RunAsync(hasGpus);
    }

    // Containers with a network of their own are offered only when the network's rules hold for them too.
    private async Task<NodeContainers?> GuardAsync(Task<NodeContainers?> search)
    {
        var found = await search;
        try
        {
            await _network.CoverAsync(found?.Bridges);
            return found;
        }
        catch (NetworkRulesUnavailableException e) when (settings.Agent.Containers is ContainerMode.Auto)
        {
            NodeLog.NoContainers(logger, e.Message.TrimEnd('.'));
            return null;
        }
    }

    private NodeFactsWatch WatchFacts(NodeServices node, SlotTable slots, PythonProbe python)
    {
        var isServiceMachine = paths.ServiceFile is not null;
        var facts = new NodeFactsWatch(python, node.Containers, slots, paths.Work, TimeProvider.System)
        {
            Network = node.Network.Access,
            IsServiceMachine = isServiceMachine,
            Labels = NodeLabels.Read(settings.Agent.Labels) is { Count: > 0 } labels ? labels : null,
            CpuStandIn = settings.Pool.CpuStandIn ?? isServiceMachine,
        };
        _ = Task.Run(() => facts.RunAsync(_ended.Token));
        return facts;
    }
}

/// <summary>The parts of the node that the agent works with.</summary>
internal sealed record NodeParts(NodeServices Node, SlotTable Slots, GpuWatch Gpus, NodeFactsWatch Facts);
