using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>A state folder of its own, and beside it an application folder with a host.json.</summary>
internal sealed class TestHome : IDisposable
{
    private readonly string _root = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(),
        $"trainyard-triggers-{Guid.NewGuid():N}"
    );

    public TestHome(string hostJson = """{ "extensions": { "http": { "routePrefix": "" } } }""")
    {
        Directory.CreateDirectory(ApplicationFolder);
        File.WriteAllText(System.IO.Path.Combine(ApplicationFolder, "host.json"), hostJson);
    }

    public string Path => System.IO.Path.Combine(_root, "state");

    private string ApplicationFolder => System.IO.Path.Combine(_root, "app");

    public EmbeddedHostSettings Settings(params Type[] functions) =>
        new()
        {
            Home = Path,
            ApplicationFolder = ApplicationFolder,
            ApplicationName = "Trainyard.Runtime.Tests",
            FunctionTypes = () => functions,
            Port = 0,
        };

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
