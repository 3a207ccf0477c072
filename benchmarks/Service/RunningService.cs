using System.Diagnostics;
using System.Reflection;

namespace Trainyard.Benchmarks.Service;

/// <summary>The real service, as a process on a state folder of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private const string Announcement = "Listening on ";
    private readonly Process _service;

    private RunningService(Process process, string home, Uri address, TimeSpan startTime)
    {
        _service = process;
        Home = home;
        Address = address;
        StartTime = startTime;
    }

    public string Home { get; }

    public Uri Address { get; }

    /// <summary>From the process's start to the line that says it listens, with a first answer got.</summary>
    public TimeSpan StartTime { get; }

    public static Task<RunningService> StartAsync(string home, bool withAgent) =>
        StartAsync(home, [Program("functions", "Trainyard.Functions.dll"), "--port", "0"], withAgent);

    /// <summary>The peer: this benchmark itself as a bare web app.</summary>
    public static Task<RunningService> StartBareAsync(string home) =>
        StartAsync(home, [Assembly.GetExecutingAssembly().Location, "bare-web-app"], withAgent: false);

    public string ReadKey() => File.ReadAllText(Path.Combine(Home, "key")).Trim();

    public async ValueTask DisposeAsync()
    {
        // SIGTERM, as a service manager stops it.
        using var kill = Process.Start("kill", ["-TERM", _service.Id.ToString()]);
        await kill.WaitForExitAsync();
        await _service.WaitForExitAsync();
        _service.Dispose();
    }

    private static async Task<RunningService> StartAsync(string home, string[] arguments, bool withAgent)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["TRAINYARD_HOME"] = home;
        start.Environment["Pool__StartAgent"] = withAgent ? "true" : "false";
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                continue;
            }
            var address = new Uri(line[Announcement.Length..]);
            using var client = new HttpClient();
            (await client.GetAsync(new Uri(address, "/health"))).EnsureSuccessStatusCode();
            var elapsed = clock.Elapsed;
            // The pipe must not fill up.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new RunningService(process, home, address, elapsed);
        }
        throw new InvalidOperationException("The service ended before it listened.");
    }

    // Built beside this program, in the same configuration: bin/<configuration>/<framework>.
    private static string Program(string room, string file)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, room, "bin", configuration, framework, file);
    }
}
