using System.Text.RegularExpressions;

namespace Trainyard.Tests.Shared.Containers;

/// <summary>A real registry on the loopback interface.</summary>
public sealed class TestRegistry : IAsyncDisposable
{
    public const string User = "ann";
    public const string Password = "open-sesame";

    // Of that password, as htpasswd writes it.
    private const string Logins = "ann:$2y$05$y3aiF7zmn2vP0Eo7WI5lbeBYTMP5BYfNv20t7GPYAuzfJijkeb6D2\n";

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;

    private TestRegistry(TemporaryFolder folder, ChildProcess process, string address)
    {
        _folder = folder;
        _process = process;
        Address = address;
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    /// <summary>The requests that it answered.</summary>
    public IReadOnlyList<string> Log => _process.Lines;

    public static async Task<TestRegistry> StartAsync(bool asksForLogin = false)
    {
        var folder = new TemporaryFolder();
        var logins = folder.Write("logins", Logins);
        var settings = folder.Write(
            "registry.yml",
            $"""
            version: 0.1
            log:
              accesslog:
                disabled: false
            storage:
              filesystem:
                rootdirectory: {folder.Folder("images")}
            http:
              addr: 127.0.0.1:0
            {(asksForLogin ? $"auth:\n  htpasswd:\n    realm: trains\n    path: {logins}" : "")}

            """
        );
        var process = ChildProcess.Start("docker-registry", ["serve", settings]);
        var line = await process.WaitForLine(l => l.Contains("listening on"), TimeSpan.FromSeconds(30));
        return new TestRegistry(folder, process, Regex.Match(line, @"127\.0\.0\.1:\d+").Value);
    }

    public async Task StopAsync()
    {
        _process.KillTree();
        await _process.WaitForExit(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
