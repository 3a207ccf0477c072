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
using Trainyard.Agent.Networks;
using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Startup;
using Trainyard.Agent.Transfers;

namespace Trainyard.Agent;

/// <summary>Assembles and runs the agent.</summary>
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
            await using var setup = new NodeSetup(paths, settings, logger);
            await ServeAsync(paths, settings, await setup.StartAsync());
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
        catch (NetworkRulesUnavailableException e)
        {
            return Fail(AgentExitCode.NoNetworkRules, e.Message);
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

    private static async Task ServeAsync(AgentPaths paths, AgentSettings settings, NodeParts parts)
    {
        var (node, slots, gpus, facts) = parts;
        var logger = node.Logger;
        Log.Started(logger, node.Node, slots.Slots, slots.Gpus, settings.PoolName, node.Sandbox.GetType().Name);
        var question = new LeaseQuestion(node.Service, new PoolKey(paths.PoolKeyFile));
        var drain = new Drain(node.Address, TimeProvider.System);
        var drainEnd = DrainEnd(drain, paths, settings.Agent, logger);
        using var signals = new Signals(drain);
        var disk = new DiskGuard(paths.Work, settings.Agent, node.Data, TimeProvider.System, logger);
        disk.Look(() => [], CancellationToken.None);
        using var ended = new CancellationTokenSource();
        var loop = new LeaseLoop(node, question, slots, drain, drainEnd, disk, gpus, facts, settings.PoolName)
        {
            IdleExit = paths.ServiceFile is null ? null : settings.Agent.IdleExit,
        };
        using var watch = new LockWatch(paths.LockFile, TimeProvider.System, logger, loop.Abandon);
        var watching = Task.Run(() => disk.RunAsync(() => loop.Attempts, ended.Token));
        await loop.RunAsync();
        await ended.CancelAsync();
        await watching;
    }

    /// <summary>
    /// Next to a service, the agent drains for longer, because the stop request is void when the service is back.
    /// Elsewhere, somebody waits for the machine.
    /// </summary>
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
