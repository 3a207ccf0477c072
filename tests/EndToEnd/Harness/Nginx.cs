using System.Net.Sockets;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd.Harness;

/// <summary>A real nginx in front of the service, with its own defaults but for what a test sets.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find();
    private ChildProcess? _process;

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Missing { get; } =
        Programs().Any(File.Exists) ? null : "nginx is not installed (tests/install-packages)";

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public static async Task<Nginx> Start(Uri service, string settings = "")
    {
        var nginx = new Nginx();
        // One process, which is this user's own, and nothing outside its folder.
        nginx._folder.Write(
            "nginx.conf",
            $$"""
            daemon off;
            master_process off;
            pid {{nginx._folder.File("nginx.pid")}};
            error_log stderr;
            events { }
            http {
                access_log off;
                {{settings}}
                client_body_temp_path {{nginx._folder.File("body")}};
                proxy_temp_path {{nginx._folder.File("proxy")}};
                fastcgi_temp_path {{nginx._folder.File("fastcgi")}};
                uwsgi_temp_path {{nginx._folder.File("uwsgi")}};
                scgi_temp_path {{nginx._folder.File("scgi")}};
                server {
                    listen 127.0.0.1:{{nginx._port}};
                    location / { proxy_pass {{service.GetLeftPart(UriPartial.Authority)}}; }
                }
            }
            """
        );
        var config = nginx._folder.File("nginx.conf");
        nginx._process = ChildProcess.Start(
            Programs().First(File.Exists),
            ["-p", nginx._folder.Path, "-c", config],
            new Dictionary<string, string?>()
        );
        await Eventually.Be(
            "nginx takes connections",
            () => nginx.TakesConnectionsAsync(),
            ReadyWithin,
            () => nginx._process.Output
        );
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static IEnumerable<string> Programs() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, "nginx"));

    private async Task<bool> TakesConnectionsAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException) when (!_process!.HasExited)
        {
            return false;
        }
    }
}

/// <summary>A test with a real nginx: reported as skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNginxTheoryAttribute : TheoryAttribute
{
    public RequiresNginxTheoryAttribute() => Skip = Nginx.Missing;
}

/// <summary>The same for a test of one case.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNginxFactAttribute : FactAttribute
{
    public RequiresNginxFactAttribute() => Skip = Nginx.Missing;
}
