using Trainyard.Agent.Tests.Service;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.Agent.Tests.Containers;

/// <summary>A registry with an image, and agents that run containers.</summary>
public sealed class ContainerWorld : IAsyncLifetime
{
    private TestRegistry? _registry;

    public TestEngine Engine { get; private set; } = null!;

    internal TestRegistry Registry => _registry!;

    /// <summary>The name of an image that can run commands.</summary>
    public string Image => $"{Registry.Address}/tests/small:1";

    public string Digest { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (TestContainers.Missing is not null)
        {
            return;
        }
        Engine = new TestEngine();
        _registry = await TestRegistry.StartAsync();
        Digest = await PushAsync(Registry, "tests/small:1", "small one");
    }

    /// <summary>Makes an image and gives it to a registry.</summary>
    /// <returns>Its digest there.</returns>
    internal async Task<string> PushAsync(TestRegistry registry, string name, string note, params string[] options)
    {
        var full = $"{registry.Address}/{name}";
        string[] programs =
        [
            "sh",
            "cat",
            "id",
            "ls",
            "env",
            "sleep",
            "grep",
            "dd",
            "tail",
            "touch",
            "wc",
            "pwd",
            "mkdir",
            "wget",
            "nc",
            "ip",
        ];
        await Engine.ImportAsync(full, note, programs);
        var digests = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        await Engine.RunAsync(["push", "--tls-verify=false", "--digestfile", digests, .. options, full]);
        await Engine.RunAsync("rmi", full);
        var digest = await File.ReadAllTextAsync(digests);
        File.Delete(digests);
        return digest.Trim();
    }

    /// <summary>An agent with the engine's images.</summary>
    internal ChildProcess StartAgent(AgentHarness harness, params (string Name, string Value)[] settings) =>
        harness.StartAgent("none", [.. SettingsOf(Engine), .. settings]);

    internal static (string, string)[] SettingsOf(TestEngine engine) =>
        [("Agent__Containers", "podman"), ("CONTAINERS_STORAGE_CONF", engine.StorageFile)];

    public async Task DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
            await Engine.DisposeAsync();
        }
    }
}
