using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Storage;

namespace Trainyard.Backends.Agents;

/// <summary>
/// The agent process of this machine: finds, starts and stops it. The agent has its own session, so that neither the
/// service's death nor a Ctrl-C in the service's terminal reaches it; its lock file shows whether it is alive.
/// </summary>
internal sealed partial class AgentProcess(
    StateFolder home,
    IOptions<AgentProgramOptions> agent,
    IOptions<PoolOptions> pool
)
{
    /// <summary>The exit code of an agent that found another agent running.</summary>
    public const int AlreadyRunning = 3;

    private const int Terminate = 15;

    // $0 is the log, the other arguments are the program: the shell redirects its output to the log and execs the
    // program.
    private const string Redirect = "exec \"$@\" </dev/null >>\"$0\" 2>&1";

    private int? _started;

    public bool IsInstalled => File.Exists(agent.Value.Program);

    public string Program => agent.Value.Program;

    /// <summary>The id of the living agent, whoever started it; null when there is none.</summary>
    public int? FindPid()
    {
        try
        {
            return
                IsLockHeld()
                && int.TryParse(File.ReadAllText(home.AgentPidFile).Trim(), CultureInfo.InvariantCulture, out var pid)
                ? pid
                : null;
        }
        catch (IOException)
        {
            // The agent is ending and has deleted the file, or is starting and has not written it yet.
            return null;
        }
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public Process Start()
    {
        DurableFiles.CreatePrivateFolder(home.Agent);
        var command = Command();
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = home.Agent };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        _started = process.Id;
        return process;
    }

    /// <summary>Forgets the process that <see cref="Start"/> returned, because it is gone.</summary>
    public void Forget() => _started = null;

    /// <summary>Asks the agent to stop: at once if it is idle, otherwise after its run.</summary>
    public void Stop()
    {
        // An agent that was just started may not hold its lock yet.
        if (!OperatingSystem.IsWindows() && (FindPid() ?? _started) is { } pid)
        {
            _ = Kill(pid, Terminate);
        }
    }

    private bool IsLockHeld()
    {
        try
        {
            using var probe = new FileStream(home.AgentLock, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private List<string> Command()
    {
        List<string> command = [];
        if (!OperatingSystem.IsWindows())
        {
            // Without setsid (macOS) the agent shares the service's session and stops when the terminal closes.
            if (File.Exists("/usr/bin/setsid"))
            {
                command.Add("/usr/bin/setsid");
            }
            command.AddRange(["/bin/sh", "-c", Redirect, home.AgentLog]);
        }
        if (Program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            command.Add(DotnetProgram());
        }
        command.AddRange([Program, "--home", home.Path]);
        return command;
    }

    // The runtime lies in shared/<name>/<version>/ below the folder of its host.
    private static string DotnetProgram()
    {
        var host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        return File.Exists(host) ? Path.GetFullPath(host) : "dotnet";
    }

    private Dictionary<string, string> Settings()
    {
        var options = pool.Value;
        return new()
        {
            ["Pool__Name"] = options.Name,
            ["Pool__Slots"] = options.Slots.ToString(CultureInfo.InvariantCulture),
            ["Pool__HeartbeatInterval"] = options.HeartbeatInterval.ToString("c"),
            ["Pool__LeaseDuration"] = options.LeaseDuration.ToString("c"),
            ["Pool__GracePeriod"] = options.GracePeriod.ToString("c"),
        };
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
