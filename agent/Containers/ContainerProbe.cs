using System.Formats.Tar;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>Finds a working container engine at the agent's start, by running a program in a container.</summary>
internal sealed class ContainerProbe(string node, bool hasGpus, ILogger logger)
{
    private const string TrialImage = "localhost/trainyard-trial:1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] SystemFolders = ["/usr", "/bin", "/lib", "/lib64", "/sbin"];

    /// <returns>Null when there is none; the log then says why.</returns>
    /// <exception cref="ContainersUnavailableException">The settings demand an engine that does not work.</exception>
    public async Task<FoundEngine?> FindAsync(AgentOptions options)
    {
        var failures = new List<string>();
        foreach (var dialect in Wanted(options.Containers))
        {
            var (found, failure) = await TryAsync(dialect, options);
            if (found is not null)
            {
                NodeLog.Containers(logger, found.Engine.Fact.Engine, found.Engine.Fact.Version);
                return found;
            }
            failures.Add($"{dialect.Name}: {failure}");
        }
        var why = string.Join("; ", failures);
        if (options.Containers is ContainerMode.Podman or ContainerMode.Docker)
        {
            throw new ContainersUnavailableException(why);
        }
        if (options.Containers is ContainerMode.Auto)
        {
            NodeLog.NoContainers(logger, why);
        }
        return null;
    }

    private static IReadOnlyList<EngineDialect> Wanted(ContainerMode mode) =>
        mode switch
        {
            ContainerMode.Auto => [new PodmanDialect(), new DockerDialect()],
            ContainerMode.Podman => [new PodmanDialect()],
            ContainerMode.Docker => [new DockerDialect()],
            _ => [],
        };

    private async Task<(FoundEngine? Found, string Failure)> TryAsync(EngineDialect dialect, AgentOptions options)
    {
        if (ProgramSearch.Find(dialect.Name) is not { } program)
        {
            return (null, "not installed");
        }
        using var deadline = new CancellationTokenSource(Patience);
        var failure = "";
        foreach (var command in Candidates(dialect, program))
        {
            try
            {
                return (await TryAsync(dialect, command, options, deadline.Token), "");
            }
            catch (Exception e) when (e is EngineException or System.ComponentModel.Win32Exception or IOException)
            {
                failure = failure.Length == 0 ? e.Message : failure;
            }
            catch (OperationCanceledException)
            {
                return (null, $"no container ran within {Patience.TotalSeconds} seconds");
            }
        }
        return (null, failure);
    }

    // Podman's default runtime does not work on every kernel, so others are tried.
    private static IEnumerable<EngineCommand> Candidates(EngineDialect dialect, string program)
    {
        var plain = new EngineCommand(program, []);
        yield return plain;
        if (dialect is PodmanDialect && ProgramSearch.Find("runc") is { } runc)
        {
            yield return plain.With("--runtime", runc);
        }
    }

    private async Task<FoundEngine> TryAsync(
        EngineDialect dialect,
        EngineCommand command,
        AgentOptions options,
        CancellationToken cancellationToken
    )
    {
        var version = await command.RunAsync(dialect.Version, cancellationToken);
        if (version.ExitCode != 0)
        {
            throw new EngineException(version.Words);
        }
        if (hasGpus && await dialect.WhyNoGpusAsync(command, cancellationToken) is { } why)
        {
            throw new EngineException($"it cannot hand on the node's GPUs: {why}");
        }
        var fact = new ContainerEngineFact(dialect.Name, version.Output.Trim());
        var network = NetworkOf(options.ContainerNetwork, dialect);
        var engine = new CommandLineEngine(dialect, command, fact, node, network);
        await engine.RemoveAsync(container: null, cancellationToken);
        var networks = await RunTrialAsync(engine, command, options, cancellationToken);
        return new FoundEngine(
            engine,
            options.ContainerNetwork is ContainerNetwork.Private
                ? await BridgesAsync(dialect, command, networks, cancellationToken)
                : null
        );
    }

    private static string NetworkOf(ContainerNetwork network, EngineDialect dialect) =>
        network switch
        {
            ContainerNetwork.None => "none",
            ContainerNetwork.Private => dialect is DockerDialect ? "bridge" : "private",
            _ => "host",
        };

    private static async Task<IReadOnlyList<string>> BridgesAsync(
        EngineDialect dialect,
        EngineCommand command,
        IEnumerable<string> networks,
        CancellationToken cancellationToken
    )
    {
        var bridges = new List<string>();
        foreach (var name in networks)
        {
            string[] inspect = ["network", "inspect", "--format", dialect.BridgeFormat, name];
            var answer = await command.RunAsync(inspect, cancellationToken);
            var bridge = answer.Output.Trim();
            // It becomes a word of a rule for the kernel.
            if (answer.ExitCode == 0 && bridge.Length > 0 && bridge.All(IsNameCharacter))
            {
                bridges.Add(bridge);
            }
        }
        return bridges;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    // Mounts this machine's own programs into an empty image, so that the trial needs no registry.
    /// <returns>The names of the networks that the container was in.</returns>
    private async Task<IReadOnlyList<string>> RunTrialAsync(
        CommandLineEngine engine,
        EngineCommand command,
        AgentOptions options,
        CancellationToken cancellationToken
    )
    {
        if (await engine.FindImageAsync(TrialImage, cancellationToken) is not { } image)
        {
            var import = await command.RunAsync(["import", "-", TrialImage], Nothing(), null, cancellationToken);
            image =
                await engine.FindImageAsync(TrialImage, cancellationToken) ?? throw new EngineException(import.Words);
        }
        var plan = new ContainerPlan
        {
            Name = $"trainyard-trial-{node}",
            Image = image.Id,
            User = CommandUser.Of([], options.CommandUser),
            Command = ["/bin/sh", "-c", "exit 0"],
            Limits = new() { Processes = options.MaxProcesses },
            Mounts = [.. SystemFolders.Where(Directory.Exists).Select(f => new ContainerMount(f, f, IsReadOnly: true))],
        };
        await engine.CreateAsync(plan, cancellationToken);
        try
        {
            var line = engine.StartLine(plan.Name).Skip(command.Line().Count);
            var answer = await command.RunAsync(line, cancellationToken);
            if (answer.ExitCode != 0)
            {
                throw new EngineException(answer.Words);
            }
            return await NetworksAsync(command, plan.Name, cancellationToken);
        }
        finally
        {
            await engine.RemoveAsync(plan.Name, CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyList<string>> NetworksAsync(
        EngineCommand command,
        string container,
        CancellationToken cancellationToken
    )
    {
        const string Names = "{{range $name, $value := .NetworkSettings.Networks}}{{$name}} {{end}}";
        string[] inspect = ["container", "inspect", "--format", Names, container];
        var answer = await command.RunAsync(inspect, cancellationToken);
        return answer.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static byte[] Nothing()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/"));
        }
        return bytes.ToArray();
    }
}

/// <summary>An engine that works.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Bridges">The bridges of containers with a network of their own; null where they have none.</param>
internal sealed record FoundEngine(IContainerEngine Engine, IReadOnlyList<string>? Bridges);

/// <summary>The container engine that the settings demand does not work here.</summary>
internal sealed class ContainersUnavailableException(string why)
    : Exception($"Agent__Containers demands an engine that does not work: {why}");
