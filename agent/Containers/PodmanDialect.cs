using Trainyard.Agent.Gpus;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Containers;

/// <summary>Podman: no daemon, a user namespace where the agent is not root, and GPUs through CDI.</summary>
internal sealed class PodmanDialect : EngineDialect
{
    private const string GpuKind = "nvidia.com/gpu";
    private static readonly string[] DeviceFolders = ["/etc/cdi", "/var/run/cdi"];

    public override string Name => "podman";

    public override IReadOnlyList<string> Version => ["version", "--format", "{{.Client.Version}}"];

    public override Task<string?> WhyNoGpusAsync(EngineCommand command, CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices().Contains(GpuKind, StringComparison.Ordinal)
                ? null
                : $"no file in {string.Join(" or ", DeviceFolders)} names {GpuKind} (nvidia-ctk cdi generate writes one)"
        );

    public override EngineCommand Login(EngineCommand command, string? loginFile) => command;

    public override IReadOnlyList<string> Pull(ImageName name, string? loginFile) =>
        [
            "pull",
            .. name.IsLoopback ? new[] { "--tls-verify=false" } : [],
            .. loginFile is null ? [] : new[] { "--authfile", loginFile },
            name.Text,
        ];

    public override string BridgeFormat => "{{.NetworkInterface}}";

    protected override IEnumerable<string> Own(ContainerPlan plan)
    {
        // Podman requests a higher limit than an agent without the right to raise limits may have.
        var files = ResourceLimit.Hard("Max open files", 1 << 20);
        var processes = ResourceLimit.Hard("Max processes", 32_768);
        return
        [
            "--http-proxy=false",
            .. new[] { "--passwd-entry", $"trainer:x:{plan.User.Id}:{plan.User.Id}::/home/trainer:/bin/sh" },
            .. new[] { "--ulimit", $"nofile={files}:{files}", "--ulimit", $"nproc={processes}:{processes}" },
            .. plan.User.IsAgent && plan.User.Id != 0 ? new[] { "--userns", "keep-id" } : [],
            .. plan.Gpus.SelectMany(gpu => new[] { "--device", $"{GpuKind}={NameOf(gpu)}" }),
        ];
    }

    // The names in a node's CDI file depend on the tool that wrote it.
    private static string NameOf(Gpu gpu) =>
        gpu.IsSlice || Devices().Contains(gpu.Uuid, StringComparison.Ordinal) ? gpu.Uuid : $"{gpu.Index}";

    private static string Devices() =>
        string.Concat(DeviceFolders.Where(Directory.Exists).SelectMany(Directory.GetFiles).Select(File.ReadAllText));
}
