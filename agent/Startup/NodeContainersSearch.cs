using Microsoft.Extensions.Logging;
using Trainyard.Agent.Containers;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Startup;

/// <summary>Finds out whether the node runs containers, and with which engine.</summary>
internal sealed class NodeContainersSearch(string node, AgentPaths paths, AgentSettings settings, ILogger logger)
{
    /// <returns>Null when the node runs no containers.</returns>
    /// <exception cref="ContainersUnavailableException">An engine is demanded, but it does not work.</exception>
    public async Task<NodeContainers?> RunAsync(bool hasGpus)
    {
        var options = settings.Agent;
        if (settings.Pool.Network is NetworkAccess.None)
        {
            options.ContainerNetwork = ContainerNetwork.None;
        }
        if (await TryAsync(new ContainerProbe(node, hasGpus, logger), options) is not { } found)
        {
            return null;
        }
        var engine = found.Engine;
        var time = TimeProvider.System;
        var cache = new ImageCache(Path.Combine(paths.Work, "images.json"), options.MaxImageBytes, time);
        return new NodeContainers(
            engine,
            new ContainerImages(engine, cache, options, time, logger),
            new ContainerSandbox(engine, Shell.Find(), options.CommandUser, time)
        )
        {
            Bridges = found.Bridges,
        };
    }

    // No caller awaits this task in auto mode, so a failure must be logged here.
    private async Task<FoundEngine?> TryAsync(ContainerProbe probe, AgentOptions options)
    {
        try
        {
            return await probe.FindAsync(options);
        }
        catch (Exception e) when (options.Containers is ContainerMode.Auto)
        {
            NodeLog.NoContainers(logger, e.Message);
            return null;
        }
    }
}
