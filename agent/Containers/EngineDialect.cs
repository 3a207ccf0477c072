using System.Globalization;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Containers;

/// <summary>The differences between Podman and Docker.</summary>
internal abstract class EngineDialect
{
    /// <summary>The name of the program and of the engine.</summary>
    public abstract string Name { get; }

    /// <summary>The arguments that print the engine's version.</summary>
    public abstract IReadOnlyList<string> Version { get; }

    /// <summary>Why the engine cannot give GPUs to containers; null when it can.</summary>
    public abstract Task<string?> WhyNoGpusAsync(EngineCommand command, CancellationToken cancellationToken);

    /// <summary>The program, with the logins in a file.</summary>
    public abstract EngineCommand Login(EngineCommand command, string? loginFile);

    public abstract IReadOnlyList<string> Pull(ImageName name, string? loginFile);

    /// <summary>The template by which <c>network inspect</c> prints the bridge of a network.</summary>
    public abstract string BridgeFormat { get; }

    protected abstract IEnumerable<string> Own(ContainerPlan plan);

    /// <summary>
    /// The options of <c>create</c>. A command gets no more rights than without a container, and the image's system is
    /// read-only.
    /// </summary>
    public IReadOnlyList<string> Options(ContainerPlan plan) =>
        [
            .. new[] { "--interactive", "--pull", "never", "--log-driver", "none", "--no-healthcheck" },
            .. new[] { "--cap-drop", "all", "--security-opt", "no-new-privileges", "--security-opt", "label=disable" },
            .. new[] { "--read-only", "--hostname", plan.Hosts.OwnName, "--workdir", "/", "--ulimit", "core=0:0" },
            .. new[] { "--user", $"{plan.User.Id}:{plan.User.Id}" },
            .. plan.Hosts.Addresses.Count == 1 ? [] : plan.Hosts.All.SelectMany(AddHost),
            .. Limited(plan.Limits),
            .. Own(plan),
            .. plan.Mounts.SelectMany(Mount),
            .. plan.Environment.SelectMany(v => new[] { "--env", $"{v.Key}={v.Value}" }),
            .. new[] { "--entrypoint", plan.Command[0], plan.Image },
            .. plan.Command.Skip(1),
        ];

    protected static string Joined(IEnumerable<Gpu> gpus) => string.Join(',', gpus.Select(gpu => gpu.Uuid));

    private static IEnumerable<string> Limited(Limits.ResourceLimits limits)
    {
        yield return "--pids-limit";
        yield return Number(limits.Processes);
        // Programs share memory through files in /dev/shm; it counts towards their memory.
        yield return "--shm-size";
        yield return Number(limits.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
        if (limits.MemoryBytes is { } bytes)
        {
            yield return "--memory";
            yield return Number(bytes);
            yield return "--memory-swap";
            yield return Number(bytes);
        }
        if (limits.Cpus is { } cpus)
        {
            yield return "--cpus";
            yield return cpus.ToString("0.###", CultureInfo.InvariantCulture);
        }
    }

    private static string[] AddHost((string Name, System.Net.IPAddress Address) host) =>
        ["--add-host", $"{host.Name}:{host.Address}"];

    private static string[] Mount(ContainerMount mount) =>
        ["--mount", $"type=bind,src={mount.From},dst={mount.To}{(mount.IsReadOnly ? ",readonly" : "")}"];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
