using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Containers;
using Trainyard.Agent.Environments;
using Trainyard.Agent.Facts;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Leasing;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sampling;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Startup;

namespace Trainyard.Agent;

/// <summary>Puts the agent together and runs it.</summary>
internal static class AgentProgram
{
    public static async Task<AgentExitCode> RunAsync(AgentPaths paths)
    {
        Native.HideFromPeers();
        InheritedFiles.Keep();
        using var logging = LoggerFactory.Create(AddConsole);
        var logger = logging.CreateLogger("Trainyard.Agent");
        try
        {
            var settings = AgentSettings.Load(paths);
            using var held = await AgentLock.TryTakeAsync(paths);
            if (held is null)
            {
                return Fail(AgentExitCode.AlreadyRunning, $"Another agent holds {paths.LockFile}.");
            }
            await RunAsync(paths, settings, logger);
            return AgentExitCode.Done;
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            return Fail(AgentExitCode.Usage, e.Message);
        }
        catch (ContainersUnavailableException e)
        {
            return Fail(AgentExitCode.NoContainers, e.Message);
        }
        catch (SandboxUnavailableException e)
        {
            return Fail(AgentExitCode.NoSandbox, e.Message);
        }
        catch (Exception e)
        {
            Log.Broke(logger, e);
            return AgentExitCode.Failed;
        }
    }

    private static async Task RunAsync(AgentPaths paths, AgentSettings settings, ILogger logger)
    {
        var id = NodeIdentity.LoadOrCreate(paths.Work, MachineFingerprint.Read());
        using var orphans = Orphans.TryBegin(TimeProvider.System, logger);
        using var spawner = new SpawnThread { Orphans = orphans };
        var python = PythonPrograms.FindAsync((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'));
        var probe = GpuProbe.OfThisProcess();
        var listing = probe.ListAsync(CancellationToken.None);
        var sandbox = new SandboxProbe(spawner, paths.Work, logger).ChooseAsync(settings.Agent, Secret(paths));
        var groups = new ControlGroups(ControlGroupProbe.OfThisProcess.Find(), logger);
        var found = await listing;
        var containers = FindContainersAsync(id, paths, settings.Agent, found.Gpus.Count > 0, logger);
        var leftovers = new Leftovers(paths.Work, groups, TimeProvider.System, logger);
        var remains = await leftovers.ClearAsync(CancellationToken.None);

        var address = new ServiceAddress(paths.ServiceFile, paths.ServiceUrl);
        using var toService = HttpClients.ForService();
        using var toStores = HttpClients.ForStores(settings.UseProxy);
        var node = new NodeServices
        {
            Node = id,
            Work = paths.Work,
            Service = new ServiceClient(toService, address),
            Address = address,
            Stores = toStores,
            OpenStores = authorities => HttpClients.ForStores(settings.UseProxy, authorities),
            Spawner = spawner,
            Sandbox = await sandbox,
            Containers = await containers,
            Groups = groups,
            GpuMeter = found.State is GpuState.None ? null : new GpuMeter(TimeProvider.System),
            Environments = new PythonEnvironments(paths.Work, settings.Agent, TimeProvider.System),
            Python = await python,
            Options = settings.Agent,
            Time = TimeProvider.System,
            Logger = logger,
        };
        if (groups.Unlimited.Count > 0)
        {
            NodeLog.NotLimited(logger, string.Join(", ", groups.Unlimited));
        }

        await ServeAsync(paths, settings, node, probe, found, remains);
    }

    private static async Task ServeAsync(
        AgentPaths paths,
        AgentSettings settings,
        NodeServices node,
        GpuProbe probe,
        GpuListing found,
        IReadOnlyList<ProcessGroup> remains
    )
    {
        var logger = node.Logger;
        var slots = new SlotTable(found.Gpus, found.State is GpuState.None ? settings.Pool.Slots : 0);
        var gpus = new GpuWatch(probe, slots, TimeProvider.System, logger);
        gpus.Begin(found);
        SetSlotsAside(remains, slots, logger);
        Log.Started(logger, node.Node, slots.Slots, slots.Gpus, settings.Pool.Name, node.Sandbox.GetType().Name);
        var question = new LeaseQuestion(node.Service, new PoolKey(paths.PoolKeyFile));
        var drain = new Drain(node.Address, TimeProvider.System);
        var drainEnd = DrainEnd(drain, paths, settings.Agent, logger);
        using var signals = new Signals(drain);
        _ = Task.Run(() => WarmUp.RunAsync(node));
        var disk = new DiskGuard(paths.Work, settings.Agent, TimeProvider.System, logger);
        disk.Look(() => [], CancellationToken.None);
        using var ended = new CancellationTokenSource();
        var facts = WatchFacts(paths, settings.Pool, node.Python, slots, ended.Token);
        var loop = new LeaseLoop(node, question, slots, drain, drainEnd, disk, gpus, facts, settings.Pool.Name)
        {
            IdleExit = paths.ServiceFile is null ? null : settings.Agent.IdleExit,
        };
        using var watch = new LockWatch(paths.LockFile, TimeProvider.System, logger, loop.Abandon);
        var watching = Task.Run(() => disk.RunAsync(() => loop.Attempts, ended.Token));
        if (found.State is not GpuState.None)
        {
            _ = Task.Run(() => gpus.RunAsync(ended.Token));
        }
        await loop.RunAsync();
        await ended.CancelAsync();
        await watching;
    }

    // The slots of processes that cannot be ended are not offered.
    private static void SetSlotsAside(IEnumerable<ProcessGroup> remains, SlotTable slots, ILogger logger)
    {
        var aside = new SetAside(slots, TimeProvider.System, logger);
        foreach (var group in remains)
        {
            _ = aside.ReleaseWhenGoneAsync(slots.Take(group.Mark.Slots), group);
        }
    }

    private static async Task<NodeContainers?> FindContainersAsync(
        string node,
        AgentPaths paths,
        AgentOptions options,
        bool hasGpus,
        ILogger logger
    )
    {
        if (await new ContainerProbe(node, hasGpus, logger).FindAsync(options) is not { } engine)
        {
            return null;
        }
        var time = TimeProvider.System;
        var cache = new ImageCache(Path.Combine(paths.Work, "images.json"), options.MaxImageBytes, time);
        return new NodeContainers(
            engine,
            new ContainerImages(engine, cache, options, time, logger),
            new ContainerSandbox(engine, Shell.Find(), options.CommandUser, time)
        );
    }

    private static NodeFactsWatch WatchFacts(
        AgentPaths paths,
        NodePoolOptions pool,
        PythonPrograms python,
        SlotTable slots,
        CancellationToken ended
    )
    {
        var isServiceMachine = paths.ServiceFile is not null;
        var probe = new PythonProbe(JobEnvironment.SearchPath(python));
        var watch = new NodeFactsWatch(probe, slots, paths.Work, TimeProvider.System)
        {
            IsServiceMachine = isServiceMachine,
            CpuStandIn = pool.CpuStandIn ?? isServiceMachine,
        };
        _ = Task.Run(() => watch.RunAsync(ended), ended);
        return watch;
    }

    /// <summary>The folder that no command may see: the home, or where the work and the key are.</summary>
    private static string Secret(AgentPaths paths) =>
        paths.ServiceFile is { } file ? Path.GetDirectoryName(file)! : paths.Work;

    /// <summary>Beside a service the wish is void when that is back; elsewhere somebody waits for the machine.</summary>
    private static DrainEnd DrainEnd(Drain drain, AgentPaths paths, AgentOptions options, ILogger logger)
    {
        var patience = paths.ServiceFile is null ? TimeSpan.FromMinutes(10) : TimeSpan.FromDays(1);
        return new DrainEnd(drain, options.StopTimeout ?? patience, options.HandBackTimeout, logger);
    }

    private static AgentExitCode Fail(AgentExitCode code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }

    private static void AddConsole(ILoggingBuilder logging) =>
        logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            o.UseUtcTimestamp = true;
        });
}
