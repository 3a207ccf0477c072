using System.Globalization;
using System.Text.Json;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>Runs Podman or Docker through their command-line programs, which take the same commands.</summary>
/// <param name="dialect">The differences between the two.</param>
/// <param name="command">Runs the program.</param>
/// <param name="fact">The engine's name and version.</param>
/// <param name="node">Labels this agent's containers.</param>
/// <param name="network">The network that commands get.</param>
internal sealed class CommandLineEngine(
    EngineDialect dialect,
    EngineCommand command,
    ContainerEngineFact fact,
    string node,
    string network
) : IContainerEngine
{
    private const string Label = "trainyard.node";
    private const string StateFormat =
        "{{.State.Pid}} {{.State.Running}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Status}}";

    public ContainerEngineFact Fact => fact;

    public Task<EngineAnswer> PullAsync(
        ImageName name,
        string? loginFile,
        Action<string> line,
        CancellationToken cancellationToken
    ) => dialect.Login(command, loginFile).RunAsync(dialect.Pull(name, loginFile), null, line, cancellationToken);

    public async Task<LocalImage?> FindImageAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await command.RunAsync(["image", "inspect", name], cancellationToken);
        if (answer.ExitCode != 0)
        {
            return null;
        }
        using var json = JsonDocument.Parse(answer.Output);
        var image = json.RootElement[0];
        var id = image.GetProperty("Id").GetString()!;
        return new LocalImage(
            id,
            DigestOf(image, name) ?? (id.StartsWith("sha256:", StringComparison.Ordinal) ? id : "sha256:" + id),
            $"{image.GetProperty("Os").GetString()}/{image.GetProperty("Architecture").GetString()}",
            image.GetProperty("Size").GetInt64()
        );
    }

    public async Task<bool> RemoveImageAsync(string name, CancellationToken cancellationToken) =>
        (await command.RunAsync(["image", "rm", name], cancellationToken)).ExitCode == 0;

    public async Task CreateAsync(ContainerPlan plan, CancellationToken cancellationToken)
    {
        string[] mine = ["create", "--name", plan.Name, "--label", $"{Label}={node}", "--network", network];
        var answer = await command.RunAsync([.. mine, .. dialect.Options(plan)], cancellationToken);
        if (PullFailure.IsNoRoom(answer))
        {
            throw new ImageHasNoRoomException("the node's disk has no room for the container");
        }
        if (answer.ExitCode != 0)
        {
            throw new EngineException(answer.Words);
        }
    }

    public IReadOnlyList<string> StartLine(string container) =>
        command.Line("start", "--attach", "--interactive", "--sig-proxy=false", container);

    public async Task<ContainerState?> InspectAsync(string container, CancellationToken cancellationToken)
    {
        string[] inspect = ["container", "inspect", "--format", StateFormat, container];
        var answer = await command.RunAsync(inspect, cancellationToken);
        if (answer.ExitCode != 0 || answer.Output.Split(' ') is not [var pid, var running, var code, var oom, _])
        {
            return null;
        }
        return new ContainerState(Number(pid), running == "true", Number(code), oom == "true");
    }

    public async Task RemoveAsync(string? container, CancellationToken cancellationToken)
    {
        var containers = container is null ? await ListAsync(cancellationToken) : [container];
        if (containers.Count == 0)
        {
            return;
        }
        var answer = await command.RunAsync(["rm", "--force", "--volumes", .. containers], cancellationToken);
        if (answer.ExitCode != 0 && container is null)
        {
            throw new EngineException(answer.Words);
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        string[] list = ["ps", "--all", "--quiet", "--filter", $"label={Label}={node}"];
        var answer = await command.RunAsync(list, cancellationToken);
        return answer.ExitCode == 0
            ? answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new EngineException(answer.Words);
    }

    // An image may have several names, each with its own digest; the requested name's digest counts.
    private static string? DigestOf(JsonElement image, string name)
    {
        if (!image.TryGetProperty("RepoDigests", out var list) || list.ValueKind is not JsonValueKind.Array)
        {
            return null;
        }
        var digests = list.EnumerateArray().Select(d => d.GetString()!).Where(d => d.Contains('@')).ToList();
        var wanted = name[(name.IndexOf('@') + 1)..];
        var own =
            digests.Find(d => d.EndsWith(wanted, StringComparison.Ordinal))
            ?? digests.Find(d => name.StartsWith(d[..d.IndexOf('@')] + ":", StringComparison.Ordinal))
            ?? digests.FirstOrDefault();
        return own?[(own.IndexOf('@') + 1)..];
    }

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
