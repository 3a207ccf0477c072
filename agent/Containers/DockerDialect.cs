namespace Trainyard.Agent.Containers;

/// <summary>Docker: a daemon runs the containers, and GPUs come through the NVIDIA runtime.</summary>
internal sealed class DockerDialect : EngineDialect
{
    public override string Name => "docker";

    // The server's version: the program runs nothing without its daemon.
    public override IReadOnlyList<string> Version => ["version", "--format", "{{.Server.Version}}"];

    public override async Task<string?> WhyNoGpusAsync(EngineCommand command, CancellationToken cancellationToken)
    {
        var answer = await command.RunAsync(["info", "--format", "{{json .Runtimes}}"], cancellationToken);
        return answer.Output.Contains("\"nvidia\"", StringComparison.Ordinal)
            ? null
            : "docker has no runtime 'nvidia' (nvidia-ctk runtime configure adds it)";
    }

    public override EngineCommand Login(EngineCommand command, string? loginFile) =>
        loginFile is null ? command : command.With("--config", Path.GetDirectoryName(loginFile)!);

    public override IReadOnlyList<string> Pull(ImageName name, string? loginFile) => ["pull", name.Text];

    public override string BridgeFormat => """{{index .Options "com.docker.network.bridge.name"}}""";

    protected override IEnumerable<string> Own(ContainerPlan plan) =>
        [
            .. new[] { "--tmpfs", "/run", "--tmpfs", "/var/tmp" },
            .. plan.Gpus.Count == 0 ? [] : new[] { "--gpus", $"\"device={Joined(plan.Gpus)}\"" },
        ];
}
